"""Reads of the queue's state."""

from datetime import timedelta

from django_q.models import OrmQ

from taskqueue import clock
from taskqueue.broker import FOR_HOST
from taskqueue.models import NEVER, Heartbeat, WorkerHost

SILENT_AFTER = timedelta(seconds=60)
WEDGED_AFTER = timedelta(seconds=180)
"""Longer than a host waits for a beat of its own before it ends itself: who is found here did not even do that."""


def heartbeat_age() -> timedelta | None:
    """How long ago a message last went through the queue; None if none ever did."""
    beat = Heartbeat.objects.filter(id=1).values_list("beat_at", flat=True).first()
    return clock.now() - beat if beat and beat != NEVER else None


def waiting_messages() -> int:
    """Messages that are due and that no worker has taken yet."""
    return OrmQ.objects.filter(lock__lte=clock.now()).exclude(key__contains=FOR_HOST).count()


def living_hosts() -> list[WorkerHost]:
    """The worker hosts whose main process spoke lately."""
    return list(WorkerHost.objects.filter(seen_at__gte=clock.now() - SILENT_AFTER))


def wedged_hosts() -> list[WorkerHost]:
    """Hosts that live and run nothing, although others may: their supervisor has to start them anew."""
    late = clock.now() - WEDGED_AFTER
    return [host for host in living_hosts() if (host.beat_at or host.started_at) < late]
