"""For whom a request waited between its approval and the ready account.

The steps of a run go side by side, so every moment belongs to one part only, in this order: people, while the run
had failed or was on hold; AWS, while it was at work for any step or a call was under way; gates, while all that was
not done stood in a queue; and what is left is ours.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from audit.models import Event
from vending.choices import Outcome
from vending.models import AccountRequest, AwsCallRecord, LeadTime, Run, StackSetPlace, StepAttempt, StepRun
from vending.steps import registry

Span = tuple[datetime, datetime]
STOPPED = ("run.failed", "run.on_hold", "request.on_hold")
WENT_ON = ("run.started", "run.retried", "run.released", "step.retried", "step.skipped", "run.succeeded")


@dataclass(frozen=True)
class Waits:
    """When it was waited, and for whom. Spans may overlap."""

    people: list[Span]
    aws: list[Span]
    gates: list[Span]


def covered(spans: Iterable[Span], begin: datetime, end: datetime) -> timedelta:
    """How much of the time from begin to end lies in at least one span."""
    total, reached = timedelta(0), begin
    for start, stop in sorted(spans):
        start, stop = max(start, reached), min(stop, end)
        if stop > start:
            total += stop - start
            reached = stop
    return total


def lead_time(request: AccountRequest, run: Run, waits: Waits, *, begin: datetime, end: datetime) -> LeadTime:
    """The row of one request, not saved."""
    people = covered(waits.people, begin, end)
    with_aws = covered(waits.people + waits.aws, begin, end)
    with_gates = covered(waits.people + waits.aws + waits.gates, begin, end)
    return LeadTime(
        request=request, approved_at=begin, ready_at=end, total=end - begin,
        people=people, aws=with_aws - people, gates=with_gates - with_aws, own=(end - begin) - with_gates,
    )  # fmt: skip


def waits_of(run: Run) -> Waits:
    """Read from the record when a finished run waited: five queries."""
    attempts: dict[int, list[StepAttempt]] = {}
    for attempt in StepAttempt.objects.filter(step_run__run=run).order_by("step_run", "number"):
        attempts.setdefault(attempt.step_run_id, []).append(attempt)
    gates = _queued(run, attempts)
    aws = [(call.at, call.at + timedelta(milliseconds=call.duration_ms)) for call in _calls(run)]
    for step, tries in attempts.items():
        free_from = max((stop for _, stop in gates.get(step, [])), default=None)
        for one, following in pairwise(tries):
            start = max(one.finished_at, free_from) if one.finished_at and free_from else one.finished_at
            if one.outcome in (Outcome.WAITING, Outcome.TRANSIENT) and start and start < following.started_at:
                aws.append((start, following.started_at))
    return Waits(people=_stood(run), aws=aws, gates=[span for spans in gates.values() for span in spans])


def _calls(run: Run) -> Iterable[AwsCallRecord]:
    return AwsCallRecord.objects.filter(attempt__step_run__run=run).only("at", "duration_ms")


def _stood(run: Run) -> list[Span]:
    events = Event.objects.filter(ticket=run.request.ticket, action__in=STOPPED + WENT_ON).order_by("id")
    spans: list[Span] = []
    since: datetime | None = None
    for action, at in events.values_list("action", "at"):
        if action in STOPPED:
            since = since or at
        elif since is not None:
            spans.append((since, at))
            since = None
    return spans


def _queued(run: Run, attempts: dict[int, list[StepAttempt]]) -> dict[int, list[Span]]:
    """From a step's first attempt until its gate let it in, or until the wave of its stack set began."""
    entered = {
        step.pk: [step.intended_at]
        for step in StepRun.objects.filter(run=run, intended_at__isnull=False)
        if step.step in registry.BY_NAME and registry.BY_NAME[step.step].gate is not None
    }
    places = StackSetPlace.objects.filter(step_run__run=run, wave__isnull=False).select_related("wave")
    for place in places:
        if place.wave is not None:
            entered.setdefault(place.step_run_id, []).append(place.wave.started_at)
    return {
        step: [(attempts[step][0].started_at, until) for until in moments if until]
        for step, moments in entered.items()
        if step in attempts
    }
