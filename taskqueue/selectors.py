"""Reads of the queue's state."""

from datetime import timedelta

from django_q.models import OrmQ

from taskqueue import clock
from taskqueue.models import NEVER, Heartbeat


def heartbeat_age() -> timedelta | None:
    """How long ago a message last went through the queue; None if none ever did."""
    beat = Heartbeat.objects.filter(id=1).values_list("beat_at", flat=True).first()
    return clock.now() - beat if beat and beat != NEVER else None


def waiting_messages() -> int:
    """Messages that are due and that no worker has taken yet."""
    return OrmQ.objects.filter(lock__lte=clock.now()).count()
