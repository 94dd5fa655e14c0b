"""Enqueue a hint: the name of a task and the id of a row."""

from datetime import timedelta

from django_q.brokers import get_broker
from django_q.humanhash import uuid
from django_q.signing import SignedPackage
from django_q.tasks import async_task

from taskqueue import clock
from taskqueue.broker import PostgresBroker

NOW = timedelta(0)


def enqueue(task: str, row_id: int, *, delay: timedelta = NOW) -> None:
    """Ask a worker to call `task` (dotted path) with `row_id`, not before `delay` is over.

    With the PostgreSQL broker the message commits or rolls back with the caller's transaction. With another
    broker it is sent at once and without delay: the sweepers bring back what comes too early or is lost.
    """
    broker = get_broker()
    if not isinstance(broker, PostgresBroker):
        async_task(task, row_id, broker=broker)
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
    broker.enqueue_later(SignedPackage.dumps(message), delay=delay)
