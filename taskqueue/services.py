"""Writes of the queue's own state."""

from datetime import timedelta

from django.db.models import Q
from django_q.conf import Conf
from django_q.models import Failure, OrmQ

from taskqueue import clock
from taskqueue.broker import FOR_HOST
from taskqueue.models import NEVER, Heartbeat, Reminder, WorkerHost

FORGOTTEN_AFTER = timedelta(hours=1)
FAILURES_KEPT = timedelta(days=30)
AT_ONCE = 1000
PROVEN_FOR = timedelta(seconds=2)
"""Anybody may ask whether the portal is ready: that must not keep the database writing."""


def record_beat(*, host_id: int = 0) -> None:
    """A worker got here: the queue, the cluster of this host and the database work together."""
    moment = clock.now()
    Heartbeat.objects.update_or_create(id=1, defaults={"beat_at": moment})
    WorkerHost.objects.filter(pk=host_id).update(beat_at=moment)


def report_host(*, name: str, began: bool = False) -> WorkerHost:
    """A host's main process says that it is there; `began`: it has just started, and nothing went through it yet."""
    now = clock.now()
    new = {"started_at": now, "seen_at": now, "beat_at": None}
    host, _ = WorkerHost.objects.update_or_create(
        name=name, defaults=new if began else {"seen_at": now}, create_defaults=new
    )
    return host


def forget_hosts() -> int:
    """Remove hosts that have said nothing for long, and the messages that only they could run; returns how many."""
    gone = list(WorkerHost.objects.filter(seen_at__lt=clock.now() - FORGOTTEN_AFTER).values_list("name", flat=True))
    if gone:
        WorkerHost.objects.filter(name__in=gone).delete()
        OrmQ.objects.filter(key__in=[f"{Conf.CLUSTER_NAME}{FOR_HOST}{name}" for name in gone]).delete()
    return len(gone)


def forget_failures() -> int:
    """Remove tasks that failed long ago, a thousand a round: django-q2 keeps every one of them. Returns how many."""
    old = Failure.objects.filter(stopped__lt=clock.now() - FAILURES_KEPT).order_by("stopped")
    removed, _ = Failure.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:AT_ONCE])).delete()
    return removed


def forget_reminders() -> int:
    """Remove what was remembered of messages sent again, when the row has long moved on. Returns how many."""
    removed, _ = Reminder.objects.filter(next_at__lt=clock.now() - FORGOTTEN_AFTER).delete()
    return removed


def prove_writable() -> None:
    """Write a row, once in PROVEN_FOR whoever asks. A full disk answers SELECT 1 for hours; readiness must not.

    Raises django.db.Error when the database does not take the write.
    """
    moment = clock.now()
    unproven = Q(ready_at=None) | Q(ready_at__lt=moment - PROVEN_FOR)
    _, made = Heartbeat.objects.get_or_create(id=1, defaults={"beat_at": NEVER, "ready_at": moment})
    if not made:
        Heartbeat.objects.filter(unproven).update(ready_at=moment)
