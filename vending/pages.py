"""What the pages of requests, runs, steps and accounts show, each read with a handful of queries."""

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from audit.models import Delivery, Event
from taskqueue import clock
from vending.aws import links
from vending.aws.session import MEMBER_ROLE
from vending.choices import DONE_STEP, RunStatus, StepStatus
from vending.content import FIELDS, ContactContent, of_request
from vending.models import (
    Account,
    AccountRequest,
    Approval,
    AwsCallRecord,
    PreflightResult,
    Run,
    StepAttempt,
    StepRun,
)

EVENTS_SHOWN = 100
CALLS_SHOWN = 300
ATTEMPTS_SHOWN = 50
LABELS = {field.name: field.label for field in FIELDS}


@dataclass(frozen=True)
class Asked:
    """One field of the content: cleaned, as it came, and what pre-flight says about it."""

    label: Any
    clean: str
    raw: str
    fault: str = ""

    @property
    def was_cleaned(self) -> bool:
        return bool(self.raw) and self.raw != self.clean


@dataclass(frozen=True)
class Checked:
    """One pre-flight result under the label of its field."""

    label: Any
    result: PreflightResult


@dataclass(frozen=True)
class RequestStory:
    request: AccountRequest
    account: Account | None
    asked: list[Asked]
    preflight: list[Checked]
    approvals: list[Approval]
    runs: list[Run]
    deliveries: list[Delivery]
    events: list[Event]


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


@dataclass(frozen=True)
class RunPicture:
    run: Run
    rows: list[StepRow]
    events: list[Event]

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


@dataclass(frozen=True)
class StepSheet:
    step: StepRun
    attempts: list[StepAttempt]


@dataclass(frozen=True)
class AccountSheet:
    account: Account
    approval: Approval | None
    runs: list[Run]
    events: list[Event]

    @property
    def dashed_id(self) -> str:
        number = self.account.account_id
        return f"{number[:4]}-{number[4:8]}-{number[8:]}"

    @property
    def sign_in_address(self) -> str:
        if settings.SIGN_IN_URL:
            return links.from_template(settings.SIGN_IN_URL, account_id=self.account.account_id)
        return links.switch_role(self.account.account_id, MEMBER_ROLE, self.account.name)

    @property
    def billing_address(self) -> str:
        return links.billing()


def request_story(pk: str) -> RequestStory | None:
    request = _found(AccountRequest.objects.select_related("account"), pk)
    if request is None:
        return None
    preflight = list(request.preflight.filter(content_hash=request.content_hash))
    return RequestStory(
        request=request,
        account=getattr(request, "account", None),
        asked=_asked(request, preflight),
        preflight=[Checked(LABELS.get(result.field, result.field), result) for result in preflight],
        approvals=list(request.approvals.all()[:20]),
        runs=list(with_progress(request.runs.select_related("request"))[:20]),
        deliveries=list(
            Delivery.objects.filter(event__ticket=request.ticket).select_related("event").order_by("-id")[:50]
        ),
        events=list(Event.objects.filter(ticket=request.ticket)[:EVENTS_SHOWN]),
    )


def run_picture(pk: str) -> RunPicture | None:
    run = _found(Run.objects.select_related("request", "account", "baseline"), pk)
    if run is None:
        return None
    steps = list(run.steps.order_by("position"))
    titles = {step.step: step.title for step in steps}
    calls: dict[int, list[AwsCallRecord]] = defaultdict(list)
    recent = AwsCallRecord.objects.filter(attempt__step_run__run=run).select_related("attempt").order_by("-id")
    for call in recent[:CALLS_SHOWN]:
        calls[call.attempt.step_run_id].append(call)
    rows = [
        StepRow(
            step=step,
            after=[titles.get(need, need) for need in step.needs],
            calls=calls[step.pk],
        )
        for step in steps
    ]
    return RunPicture(run=run, rows=rows, events=list(Event.objects.filter(run_id=run.pk)[:EVENTS_SHOWN]))


def step_sheet(pk: str) -> StepSheet | None:
    step = _found(StepRun.objects.select_related("run__request", "run__account"), pk)
    if step is None:
        return None
    attempts = step.attempts.prefetch_related("aws_calls").order_by("-number")[:ATTEMPTS_SHOWN]
    return StepSheet(step=step, attempts=list(attempts))


def account_sheet(pk: str) -> AccountSheet | None:
    account = _found(Account.objects.select_related("request"), pk)
    if account is None:
        return None
    told = Q(account_id=account.account_id)
    approval = None
    if account.request:
        told |= Q(ticket=account.request.ticket)
        approval = account.request.approvals.first()
    return AccountSheet(
        account=account,
        approval=approval,
        runs=list(with_progress(account.runs.select_related("request", "baseline"))[:20]),
        events=list(Event.objects.filter(told)[:EVENTS_SHOWN]),
    )


def with_progress(runs: QuerySet[Run]) -> QuerySet[Run]:
    """Runs with `steps_done` and `steps_all`, counted in the same query."""
    return runs.annotate(
        steps_all=Coalesce(Count("steps"), 0),
        steps_done=Coalesce(Count("steps", filter=Q(steps__status__in=DONE_STEP)), 0),
    )


def in_words(length: timedelta) -> str:
    """A duration as people read it: 42 s, 3 min 20 s, 5 h 10 min, 3 d 4 h."""
    seconds = int(length.total_seconds())
    for size, name, smaller, smaller_name in (
        (86400, "d", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if seconds >= size:
            rest = seconds % size // smaller
            return f"{seconds // size} {name} {rest} {smaller_name}" if rest else f"{seconds // size} {name}"
    return f"{seconds} s"


def _found(rows: QuerySet[Any], pk: str) -> Any:
    return rows.filter(pk=int(pk)).first() if pk.isdigit() and len(pk) < 19 else None


def _asked(request: AccountRequest, preflight: list[PreflightResult]) -> list[Asked]:
    faults = {result.field: result.sentence for result in preflight if not result.passed}
    content = of_request(request)
    return [
        Asked(
            label=field.label,
            clean=_text(getattr(content, field.name)),
            raw=_text(request.raw.get(field.name)),
            fault=faults.get(field.name, ""),
        )
        for field in FIELDS
    ]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, ContactContent):
        value = asdict(value)
    if isinstance(value, list | tuple):
        return ", ".join(_text(part) for part in value)
    if isinstance(value, dict):
        return ", ".join(_text(part) for part in value.values() if part)
    return str(value)
