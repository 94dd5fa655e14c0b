"""How we do: what the dashboard reads about a period. Three queries, whatever the number of charts."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import (
    Aggregate,
    BigIntegerField,
    Count,
    DateField,
    DurationField,
    ExpressionWrapper,
    F,
    Func,
    QuerySet,
    Sum,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Trunc

from audit.choices import DeliveryStatus
from audit.models import Delivery
from portal.periods import Period
from vending.choices import AccountState, Outcome, RequestStatus
from vending.models import Account, AccountRequest, LeadTime, StepAttempt, Wave

LONGEST = 8
"""Bars of one chart; the rest is in the list."""
RECENT = 50
"""Lead times that say how long a run usually takes."""
DIMENSIONS = ("organizational_unit", "environment", "cost_center")


class Percentile(Aggregate):
    """The value below which a share of the rows lies, interpolated."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"

    def __init__(self, expression: Any, share: float, **extra: Any) -> None:
        super().__init__(expression, share=share, output_field=DurationField(), **extra)


@dataclass(frozen=True)
class Counted:
    """One row of the counts: which chart, which bar, which stretch of time (columns only), how many."""

    label: str
    day: date | None
    number: int


def counts(period: Period, overdue_since: datetime, needing: Iterable[RequestStatus]) -> dict[str, list[Counted]]:
    """Every count of the dashboard, by the name of its chart, in one query."""
    received = AccountRequest.objects.filter(received_at__gte=period.since, received_at__lt=period.until)
    overdue = AccountRequest.objects.filter(status=RequestStatus.AWAITING_APPROVAL, changed_at__lt=overdue_since)
    failures = StepAttempt.objects.filter(
        outcome=Outcome.PERMANENT, finished_at__gte=period.since, finished_at__lt=period.until
    )
    active = Account.objects.filter(state=AccountState.ACTIVE)
    asked = [
        _count("needs", AccountRequest.objects.filter(status__in=needing), F("status")),
        _count("overdue", overdue, Value("")),
        _count("unsent", Delivery.objects.filter(status=DeliveryStatus.FAILED), Value("")),
        _count("received", received, F("status"), Trunc("received_at", period.bucket)),
        _longest(_count("failures", failures, F("problem_code"))),
        *(_longest(_count(name, active, F(name))) for name in DIMENSIONS),
        _count("active", active, Value("")),
        _usual_seconds(),
    ]
    found: dict[str, list[Counted]] = defaultdict(list)
    for row in asked[0].union(*asked[1:], all=True):
        found[row["chart"]].append(Counted(row["label"], row["day"], row["number"]))
    return found


def _count(chart: str, rows: QuerySet[Any], label: Any, at: Any = None) -> QuerySet[Any]:
    named = rows.order_by().values(
        chart=Value(chart, output_field=TextField()),
        label=Cast(label, TextField()),
        day=Cast(at if at is not None else Value(None), DateField()),
    )
    return named.annotate(number=Count("*"))


def _longest(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.order_by("-number", "label")[:LONGEST]


def _usual_seconds() -> QuerySet[Any]:
    """How long a vending takes as a rule: the median of the newest, without waiting for people."""
    newest = LeadTime.objects.order_by("-id").values("pk")[:RECENT]
    median = Percentile(F("total") - F("people"), 0.5)
    seconds = Cast(
        Func(median, template="EXTRACT(EPOCH FROM %(expressions)s)", output_field=BigIntegerField()), BigIntegerField()
    )
    rows = _count("usual", LeadTime.objects.filter(pk__in=newest), Value(""))
    return rows.annotate(number=Coalesce(seconds, 0))


def usual_of(rows: list[Counted]) -> timedelta | None:
    """How long a run takes as a rule; None while there is no experience."""
    seconds = rows[0].number if rows else 0
    return timedelta(seconds=seconds) if seconds else None


def usual() -> timedelta | None:
    """The same, read alone."""
    return usual_of([Counted(row["label"], row["day"], row["number"]) for row in _usual_seconds()])


@dataclass(frozen=True)
class LeadTimes:
    """Of the requests that became ready in a period. Durations are None when there are none."""

    number: int
    p50: timedelta | None
    p95: timedelta | None
    people: timedelta | None
    gates: timedelta | None
    aws: timedelta | None
    own: timedelta | None


def lead_times(period: Period) -> LeadTimes:
    rows = LeadTime.objects.filter(ready_at__gte=period.since, ready_at__lt=period.until)
    return LeadTimes(
        **rows.aggregate(
            number=Count("*"), p50=Percentile("total", 0.5), p95=Percentile("total", 0.95),
            people=Sum("people"), gates=Sum("gates"), aws=Sum("aws"), own=Sum("own"),
        )
    )  # fmt: skip


@dataclass(frozen=True)
class WavesOf:
    """The waves of one stack set in a period."""

    stack_set: int
    name: str
    waves: int
    accounts: int
    median: timedelta | None


def waves(period: Period) -> list[WavesOf]:
    lasted = ExpressionWrapper(F("finished_at") - F("started_at"), output_field=DurationField())
    rows = (
        Wave.objects.filter(started_at__gte=period.since, started_at__lt=period.until)
        .order_by()
        .annotate(lasted=lasted)
        .values("stack_set", "stack_set__name")
        .annotate(number=Count("*"), travelled=Sum("accounts"), median=Percentile("lasted", 0.5))
        .order_by("-travelled", "stack_set__name")[:LONGEST]
    )
    return [
        WavesOf(row["stack_set"], row["stack_set__name"], row["number"], row["travelled"], row["median"])
        for row in rows
    ]
