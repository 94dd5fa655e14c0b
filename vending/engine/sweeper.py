"""Bring back what is due and whose message was lost or whose worker died."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest

from taskqueue import clock
from taskqueue.again import send_again
from vending.choices import RunStatus, StepStatus
from vending.engine import gates
from vending.models import StackSet, StepRun
from vending.steps import registry

LATE = timedelta(seconds=5)
"""How long a due step may wait for its own message before the sweeper sends another; a third comes later still."""


def sweep() -> int:
    """Enqueue every step and stack set that is overdue or abandoned, or asleep at an open gate; returns how many.

    A second message does no harm: the claim lets one through.
    """
    now = clock.now()
    open_steps = StepRun.objects.filter(run__status__in=[RunStatus.RUNNING, RunStatus.FAILED])
    abandoned = open_steps.filter(status=StepStatus.RUNNING, lease_until__lt=now).order_by("lease_until")
    overdue = open_steps.filter(
        status__in=[StepStatus.READY, StepStatus.WAITING], due_at__lt=now - LATE
    ).order_by("due_at")  # fmt: skip
    stack_sets = StackSet.objects.filter(Q(lease__isnull=True) | Q(lease_until__lt=now), due_at__lt=now - LATE)
    return (
        # what a dead worker left has waited for its lease's end already
        send_again("vending.tasks.advance", _since(abandoned, F("lease_until")), delay=gates.BEFORE_OTHERS)
        + sum(gates.wake_first(gate) for gate in registry.gates())
        + send_again("vending.tasks.advance", _since(overdue, F("due_at")))
        + send_again("vending.tasks.advance_stack_set", _since(stack_sets, Greatest("due_at", "lease_until")))
    )


def _since(rows: QuerySet[Any], moment: F | Greatest) -> dict[int, datetime]:
    return dict(rows.annotate(late_since=moment).values_list("pk", "late_since")[:1000])
