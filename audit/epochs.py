"""The epoch of events: raised after a restore into another cluster, whose transaction counter starts low."""

from django.db import connection, transaction
from django.db.models import Max

from audit.models import Epoch, Event
from audit.services import Actor, record_event
from taskqueue import clock


@transaction.atomic
def raise_epoch(*, actor: Actor) -> int:
    """Begin the next epoch; returns its number. Events that are written from now on sort behind all that are there."""
    with connection.cursor() as cursor:
        # waits for everybody who is writing an event, and keeps others from it until this is committed
        cursor.execute("LOCK TABLE audit_event IN EXCLUSIVE MODE")
    number = current_epoch() + 1
    Epoch.objects.create(number=number, raised_at=clock.now(), raised_by=actor.name[:200])
    record_event(
        actor=actor, action="epoch.raised", target_kind="epoch", target_id=number,
        summary=f"Epoch {number} begins: the database was restored into another cluster.",
        before={"epoch": number - 1}, after={"epoch": number},
    )  # fmt: skip
    return number


def current_epoch() -> int:
    """The epoch that events get now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_current_epoch()")
        return int(cursor.fetchone()[0])


def counter_is_behind() -> bool:
    """Whether this cluster counts its transactions lower than events of the present epoch do: a restore, unnoticed."""
    newest = Event.objects.filter(epoch=current_epoch()).aggregate(newest=Max("transaction"))["newest"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
        return newest is not None and int(newest) > int(cursor.fetchone()[0])
