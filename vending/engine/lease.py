"""Leases: who works on a step now, and writes that only the holder can make."""

import os
import socket
import uuid
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from taskqueue import clock
from vending.choices import RunStatus, StepStatus
from vending.models import Run, StepAttempt, StepRun

LEASE = timedelta(seconds=48)
"""Longer than a task may run (Q_CLUSTER timeout and its guard), so that a lease never ends under a live holder."""


class LeaseLost(Exception):
    """Somebody else has the step now; whatever this attempt found must not be written."""


def _claimable() -> Q:
    now = clock.now()
    due = Q(status__in=[StepStatus.READY, StepStatus.WAITING], due_at__lte=now)
    abandoned = Q(status=StepStatus.RUNNING, lease_until__lt=now)
    # a subquery, not a join: then the UPDATE itself compares, and of two claims at once one finds nothing
    return (due | abandoned) & Q(run__in=Run.objects.filter(status__in=[RunStatus.RUNNING, RunStatus.FAILED]))


@transaction.atomic
def claim(step_run_id: int) -> tuple[StepRun, StepAttempt] | None:
    """Take the step by compare-and-set, count the attempt, and open its row; None if it is not to be had.

    A step of a failed run is still taken: steps that do not need the failed one go on.
    """
    lease, now = uuid.uuid4(), clock.now()
    taken = StepRun.objects.filter(_claimable(), pk=step_run_id).update(
        status=StepStatus.RUNNING,
        attempt=F("attempt") + 1,
        lease=lease,
        lease_until=now + LEASE,
        started_at=Coalesce("started_at", now),
        waiting_for="",
    )
    if not taken:
        return None
    last = StepAttempt.objects.filter(step_run=OuterRef("pk")).order_by("-number").values("number")[:1]
    step_run = (
        StepRun.objects.select_related("run__request", "run__account")
        .annotate(attempts_before=Coalesce(Subquery(last), 0))
        .get(pk=step_run_id)
    )
    attempt = StepAttempt.objects.create(
        step_run=step_run,
        number=step_run.attempts_before + 1,
        lease=lease,
        worker=f"{socket.gethostname()}:{os.getpid()}"[:80],
        started_at=now,
    )
    return step_run, attempt


def update(step_run: StepRun, held: uuid.UUID | None, /, **values: Any) -> None:
    """Write to the step's row if the lease `held` is still the step's. Raises LeaseLost."""
    if not StepRun.objects.filter(pk=step_run.pk, lease=held, status=StepStatus.RUNNING).update(**values):
        raise LeaseLost(f"Step run {step_run.pk} was taken over.")
    for name, value in values.items():
        setattr(step_run, name, value)
