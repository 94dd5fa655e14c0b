"""Writes of the queue's own state."""

from taskqueue import clock
from taskqueue.models import NEVER, Heartbeat


def record_beat() -> None:
    """A worker got here: the queue, the cluster and the database work together."""
    moment = clock.now()
    Heartbeat.objects.update_or_create(id=1, defaults={"beat_at": moment})


def prove_writable() -> None:
    """Write a row. A full disk answers SELECT 1 for hours; readiness must not.

    Raises django.db.Error when the database does not take the write.
    """
    moment = clock.now()
    Heartbeat.objects.update_or_create(
        id=1, defaults={"ready_at": moment}, create_defaults={"beat_at": NEVER, "ready_at": moment}
    )
