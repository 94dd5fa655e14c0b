"""The run page and the step page."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from audit.models import Event
from taskqueue import clock
from vending.choices import DONE_STEP, RunStatus, StepStatus
from vending.models import AwsCallRecord, Run, StepAttempt, StepRun
from vending.pages.reading import EVENTS_SHOWN, found
from vending.pages.words import in_words
from vending.sentences import in_language

CALLS_SHOWN = 300
ATTEMPTS_SHOWN = 50
RUNS_COMPARED = 50


@dataclass
class StepRow:
    """A step on the run page, with the calls that explain it and the buttons a person may press."""

    step: StepRun
    after: list[str]
    calls: list[AwsCallRecord]
    buttons: list[Any] = field(default_factory=list)
    now: datetime = field(default_factory=clock.now)

    @property
    def lasted(self) -> str:
        if self.step.started_at is None:
            return ""
        return in_words((self.step.finished_at or self.now) - self.step.started_at)

    @property
    def did(self) -> str:
        """What its newest attempt with a call did."""
        return next((call.attempt.did for call in self.calls if call.attempt.did), "")


@dataclass(frozen=True)
class RunPicture:
    run: Run
    rows: list[StepRow]
    events: list[Event]
    usual: timedelta | None = None
    """How long such runs took lately."""

    @property
    def done(self) -> int:
        return sum(row.step.status in DONE_STEP for row in self.rows)

    @property
    def failed(self) -> list[StepRun]:
        return [row.step for row in self.rows if row.step.status == StepStatus.FAILED]

    @property
    def live(self) -> bool:
        return self.run.status == RunStatus.RUNNING

    @property
    def lasted(self) -> str:
        return in_words((self.run.finished_at or clock.now()) - self.run.started_at)

    @property
    def expected_at(self) -> datetime | None:
        """When a run under way should be done; None when that is past, or nobody can know."""
        if not self.live or self.usual is None:
            return None
        expected = self.run.started_at + self.usual
        return expected if expected > clock.now() else None

    @property
    def overdue(self) -> bool:
        return self.live and self.usual is not None and self.expected_at is None


@dataclass(frozen=True)
class StepSheet:
    step: StepRun
    attempts: list[StepAttempt]
    after: list[str]


def run_picture(pk: str) -> RunPicture | None:
    run: Run | None = found(Run.objects.select_related("request", "account", "baseline", "change"), pk)
    if run is None:
        return None
    steps = list(run.steps.order_by("position"))
    calls: dict[int, list[AwsCallRecord]] = defaultdict(list)
    recent = AwsCallRecord.objects.filter(attempt__step_run__run=run).select_related("attempt").order_by("-id")
    for call in recent[:CALLS_SHOWN]:
        calls[call.attempt.step_run_id].append(call)
    titles = {step.step: in_language(step.title) for step in steps}
    needs = direct_needs({step.step: step.needs for step in steps})
    return RunPicture(
        run=run,
        rows=[
            StepRow(step=step, after=[titles.get(need, need) for need in needs[step.step]], calls=calls[step.pk])
            for step in steps
        ],
        events=list(Event.objects.filter(run_id=run.pk)[:EVENTS_SHOWN]),
        usual=usual_length(run) if run.status == RunStatus.RUNNING else None,
    )


def step_sheet(pk: str) -> StepSheet | None:
    step: StepRun | None = found(StepRun.objects.select_related("run__request", "run__account"), pk)
    if step is None:
        return None
    attempts = step.attempts.prefetch_related("aws_calls").order_by("-number")[:ATTEMPTS_SHOWN]
    others = list(step.run.steps.values_list("step", "title", "needs"))
    titles = {name: in_language(title) for name, title, _ in others}
    needs = direct_needs({name: own for name, _, own in others})
    return StepSheet(step=step, attempts=list(attempts), after=[titles.get(need, need) for need in needs[step.step]])


def direct_needs(needs: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What each step waits for itself: without what its needs wait for already."""
    return {
        step: [need for need in own if not any(need in needs.get(other, ()) for other in own if other != need)]
        for step, own in needs.items()
    }


def usual_length(run: Run) -> timedelta | None:
    """The median of the last runs of the same recipe that succeeded, or None when there is none."""
    alike = Run.objects.filter(recipe=run.recipe, status=RunStatus.SUCCEEDED, finished_at__isnull=False)
    ended = alike.order_by("-id").values_list("started_at", "finished_at")[:RUNS_COMPARED]
    lengths = [(end - start).total_seconds() for start, end in ended if end]
    return timedelta(seconds=median(lengths)) if lengths else None
