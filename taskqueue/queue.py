"""Enqueue a hint: the name of a task and what names a row."""

import functools
import os
from datetime import timedelta

from django.db import transaction
from django_q.brokers import Broker, get_broker
from django_q.humanhash import uuid
from django_q.signing import SignedPackage
from django_q.tasks import async_task

from taskqueue import clock
from taskqueue.broker import PostgresBroker

NOW = timedelta(0)


def enqueue(task: str, row_id: int | str, *, delay: timedelta = NOW, to: str = "") -> None:
    """Ask a worker to call `task` (dotted path) with `row_id`, not before `delay` is over; `to`: only on that host.

    With the PostgreSQL broker the message commits or rolls back with the caller's transaction. Another broker
    gets it after the commit, without delay and for any host: what is lost in between, or comes too early and so
    finds nothing to do, is brought back by the sweepers.
    """
    broker = broker_in_use()
    if not isinstance(broker, PostgresBroker):

        def send() -> None:
            async_task(task, row_id, broker=broker)

        # robust: Django logs that the broker could not be reached; the state is committed and the sweepers see it
        transaction.on_commit(send, robust=True)
        return
    broker.enqueue_later(signed(task, row_id), delay=delay, to=to)


def signed(task: str, row_id: int | str) -> str:
    """The message that asks a worker to call `task` with `row_id`."""
    name, identifier = uuid()
    message: str = SignedPackage.dumps(
        {
            "id": identifier,
            "name": name,
            "func": task,
            "args": (row_id,),
            "kwargs": {},
            "started": clock.now(),
            "ack_failure": True,
        }
    )
    return message


@functools.cache
def broker_in_use() -> Broker:
    """This process's broker; to make one for SQS takes many calls."""
    return get_broker()


# A forked worker must not share its parent's connections.
os.register_at_fork(after_in_child=broker_in_use.cache_clear)
