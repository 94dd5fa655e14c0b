"""Enqueue a hint: the name of a task and the id of a row."""

from datetime import timedelta
from functools import partial

from django.db import transaction
from django_q.brokers import get_broker
from django_q.humanhash import uuid
from django_q.signing import SignedPackage
from django_q.tasks import async_task

from taskqueue import clock
from taskqueue.broker import PostgresBroker

NOW = timedelta(0)


def enqueue(task: str, row_id: int, *, delay: timedelta = NOW, to: str = "") -> None:
    """Ask a worker to call `task` (dotted path) with `row_id`, not before `delay` is over; `to`: only on that host.

    With the PostgreSQL broker the message commits or rolls back with the caller's transaction. Another broker
    gets it after the commit, without delay and for any host: what is lost in between, or comes too early and so
    finds nothing to do, is brought back by the sweepers.
    """
    broker = get_broker()
    if not isinstance(broker, PostgresBroker):
        transaction.on_commit(partial(async_task, task, row_id, broker=broker), robust=True)
        return
    name, identifier = uuid()
    message = {
        "id": identifier,
        "name": name,
        "func": task,
        "args": (row_id,),
        "kwargs": {},
        "started": clock.now(),
        "ack_failure": True,
    }
    broker.enqueue_later(SignedPackage.dumps(message), delay=delay, to=to)
