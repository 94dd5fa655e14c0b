"""Gates: AWS limits that all runs share. They queue in PostgreSQL, fairly, and never poll each other."""

from datetime import timedelta
from zlib import crc32

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from taskqueue import clock
from taskqueue.queue import enqueue
from vending.choices import LIVE_STEP, RunStatus, StepStatus
from vending.engine.step import Gate
from vending.models import GatePlace, StepRun

BEFORE_OTHERS = timedelta(minutes=-1)
"""As if its message had been due for so long: workers take the longest due first."""


@transaction.atomic
def enter(step_run: StepRun, gate: Gate) -> bool:
    """Take a slot if one is free for this step's turn; else keep its place in the queue.

    The earlier approved goes first: a free slot is given only when there are fewer waiting ahead than slots.
    """
    _lock(gate.name)
    place, _ = GatePlace.objects.get_or_create(
        step_run=step_run, defaults={"gate": gate.name, "turn": step_run.run.approved_at}
    )
    if place.slot is not None:
        return True
    taken = set(GatePlace.objects.filter(gate=gate.name, slot__isnull=False).values_list("slot", flat=True))
    free = [slot for slot in range(gate.capacity) if slot not in taken]
    earlier = Q(turn__lt=place.turn) | Q(turn=place.turn, pk__lt=place.pk)
    ahead = _queue(gate.name).filter(earlier).count()
    if len(free) <= ahead:
        return False
    place.slot, place.entered_at = free[0], clock.now()
    place.save(update_fields=["slot", "entered_at"])
    if len(free) > 1:
        # two who left at once both woke this step: the next would sleep beside a free slot until the sweeper comes
        _wake_next(gate.name)
    return True


@transaction.atomic
def leave(step_run: StepRun) -> None:
    """Give the place back and wake whoever is next."""
    place = GatePlace.objects.filter(step_run=step_run).first()
    if place is None:
        return
    _lock(place.gate)
    place.delete()
    _wake_next(place.gate)


def time_inside(step_run: StepRun) -> timedelta:
    """How long the step has held its slot; nothing while it waits for one."""
    place = GatePlace.objects.filter(step_run=step_run, slot__isnull=False).first()
    return clock.now() - place.entered_at if place and place.entered_at else timedelta(0)


@transaction.atomic
def wake_first(gate: Gate) -> int:
    """Wake as many of the first in the queue as there are free slots; returns how many slept beside one.

    A wake-up can meet a step just as it looks for a slot in vain. Nobody in the queue asks again by itself: with
    hundreds waiting, that alone would keep the workers from those whose turn it is.
    """
    _lock(gate.name)
    taken = GatePlace.objects.filter(gate=gate.name, slot__isnull=False).count()
    first = _queue(gate.name).select_related("step_run")[: max(gate.capacity - taken, 0)]
    asleep = [each.step_run for each in first if each.step_run.due_at and each.step_run.due_at > clock.now()]
    for step_run in asleep:
        wake(step_run)
    return len(asleep)


def _wake_next(gate: str) -> None:
    for waiting in _queue(gate).select_related("step_run")[:1]:
        wake(waiting.step_run)


def wake(step_run: StepRun) -> None:
    """Make a waiting step due now, before whatever else is due: an idle slot is what everybody waits for."""
    changed = StepRun.objects.filter(pk=step_run.pk, status=StepStatus.WAITING).update(due_at=clock.now())
    if changed:
        enqueue("vending.tasks.advance", step_run.pk, delay=BEFORE_OTHERS)


def _queue(gate: str) -> QuerySet[GatePlace]:
    """Those who wait and can go: a run on hold does not block the others."""
    return GatePlace.objects.filter(
        gate=gate,
        slot__isnull=True,
        step_run__status__in=LIVE_STEP,
        step_run__run__status__in=[RunStatus.RUNNING, RunStatus.FAILED],
    ).order_by("turn", "id")


def _lock(gate: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0x6A7E, crc32(gate.encode()) & 0x7FFFFFFF])
