"""Bring back what is due and whose message was lost or whose worker died."""

from datetime import timedelta

from django.db.models import Q
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
    overdue = Q(status__in=[StepStatus.READY, StepStatus.WAITING], due_at__lt=now - LATE)
    abandoned = Q(status=StepStatus.RUNNING, lease_until__lt=now)
    since = Greatest("due_at", "lease_until")
    steps = StepRun.objects.filter(
        overdue | abandoned, run__status__in=[RunStatus.RUNNING, RunStatus.FAILED]
    ).order_by("due_at").annotate(since=since).values_list("pk", "since")[:1000]  # fmt: skip
    stack_sets = (
        StackSet.objects.filter(Q(lease__isnull=True) | Q(lease_until__lt=now), due_at__lt=now - LATE)
        .annotate(since=since)
        .values_list("pk", "since")
    )
    woken = sum(gates.wake_first(gate) for gate in registry.gates())
    found = send_again("vending.tasks.advance", dict(steps))
    return found + send_again("vending.tasks.advance_stack_set", dict(stack_sets)) + woken
