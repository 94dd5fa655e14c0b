"""Write the lead times of requests whose account is ready."""

from vending.choices import RecipeName, RequestStatus, RunStatus
from vending.lead_times import lead_time, waits_of
from vending.models import LeadTime, Run

AT_ONCE = 100


def sweep() -> int:
    """Write what is missing, a hundred a round; returns how many. A step of the rounds, so one at a time."""
    runs = (
        Run.objects.filter(
            recipe=RecipeName.VEND, status=RunStatus.SUCCEEDED, finished_at__isnull=False,
            request__status=RequestStatus.READY, request__lead_time__isnull=True,
        )
        .select_related("request")
        .order_by("id")[:AT_ONCE]
    )  # fmt: skip
    rows = {run.request_id: _row(run) for run in runs}
    LeadTime.objects.bulk_create(rows.values(), ignore_conflicts=True)
    return len(rows)


def _row(run: Run) -> LeadTime:
    ready_at = run.finished_at
    assert ready_at is not None  # noqa: S101 - the query asks for it
    begin = min(run.request.approved_at or run.approved_at, ready_at)
    return lead_time(run.request, run, waits_of(run), begin=begin, end=ready_at)
