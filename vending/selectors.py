"""Reads that more than one part of the house needs."""

from datetime import timedelta
from math import ceil
from statistics import median

from vending.choices import RecipeName, RunStatus
from vending.models import Account, Baseline, BaselineActivation, Run

USUAL_MINUTES = 10
"""Until there is experience: AWS takes 3 to 13 minutes to create an account and to let stack sets in."""
RECENT_RUNS = 20
ENOUGH_RUNS = 3


def estimated_minutes(environment: str) -> int:
    """How many minutes a vending will take: the median of the last twenty of the same environment.

    Fewer than three say little: then the median of all environments counts, and without those USUAL_MINUTES. The
    median, because a run that failed and waited for a person over night says nothing about the next one.
    """
    succeeded = Run.objects.filter(recipe=RecipeName.VEND, status=RunStatus.SUCCEEDED, finished_at__isnull=False)
    for runs in (succeeded.filter(request__environment=environment), succeeded):
        times = runs.order_by("-id").values_list("started_at", "finished_at")[:RECENT_RUNS]
        minutes = [(ended - began) / timedelta(minutes=1) for began, ended in times if ended]
        if len(minutes) >= ENOUGH_RUNS:
            return max(1, ceil(median(minutes)))
    return USUAL_MINUTES


def active_baseline() -> Baseline | None:
    """The version by which a run that starts now builds; None on an installation that was never migrated."""
    last = BaselineActivation.objects.select_related("baseline").order_by("-id").first()
    return last.baseline if last else None


def baseline_of(account: Account) -> Baseline | None:
    """The version the account was built by; for an adopted one, the active one."""
    run = account.runs.select_related("baseline").order_by("-id").first()
    return run.baseline if run else active_baseline()
