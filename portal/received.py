"""The requests received in a period, as columns: how many a week, and what has become of them."""

from collections import defaultdict
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from portal import charts
from portal.charts import Column, ColumnChart, Figure, listing
from portal.history import Counted
from portal.periods import Period, midnight
from vending.choices import RequestStatus

S = RequestStatus
GROUPS = (
    ("success", _("ready"), (S.READY,)),
    ("open", _("under way"), (S.RECEIVED, S.TO_CORRECT, S.AWAITING_APPROVAL, S.APPROVED, S.VENDING, S.ON_HOLD)),
    ("danger", _("failed"), (S.FAILED,)),
    ("ended", _("declined or cancelled"), (S.DECLINED, S.CANCELLED)),
)


def received(rows: list[Counted], period: Period) -> ColumnChart:
    """The requests received in each stretch of the period, by what has become of them."""
    by_day: dict[date, dict[str, int]] = defaultdict(dict)
    for row in rows:
        if row.day:
            by_day[row.day][row.label] = row.number
    highest = max((sum(states.values()) for states in by_day.values()), default=0)
    starts = list(_starts(period))
    columns = [
        _column(by_day.get(start, {}), start, following, period, highest, place, len(starts))
        for place, (start, following) in enumerate(zip(starts, [*starts[1:], date.max], strict=True))
    ]
    totals: dict[str, int] = defaultdict(int)
    for row in rows:
        totals[row.label] += row.number
    return ColumnChart(columns, highest, _by_group(totals, period.since, period.until), _success(totals))


def _column(
    states: dict[str, int], start: date, following: date, period: Period, highest: int, place: int, number: int
) -> Column:
    begin = max(midnight(start), period.since)
    end = period.until if following == date.max else midnight(following)
    figures = _by_group(states, begin, end)
    sizes = [(css, float(_sum(states, group)), label) for css, label, group in GROUPS]
    return Column(
        begins=begin, figures=figures, pieces=charts.stacked(sizes, highest),
        left=round(100 * place / number, 3), width=round(80 / number, 3), success=_success(states),
    )  # fmt: skip


def _by_group(states: dict[str, int], begin: datetime, end: datetime) -> list[Figure]:
    """How many were received, and how many of them are in each group of states."""
    between = {"received_at__gte": begin, "received_at__lt": end}
    model = "vending.accountrequest"
    return [Figure(_("received"), sum(states.values()), listing(model, **between))] + [
        Figure(label, _sum(states, group), listing(model, **between, status__in=",".join(group)), css=css)
        for css, label, group in GROUPS
    ]


def _success(states: dict[str, int]) -> int | None:
    """Percent of those that were not turned down by people and are decided: ready, out of ready and failed."""
    return charts.percent(_sum(states, (S.READY,)), _sum(states, (S.READY, S.FAILED)))


def _sum(states: dict[str, int], group: tuple[RequestStatus, ...]) -> int:
    return sum(states.get(status.value, 0) for status in group)


def _starts(period: Period) -> list[date]:
    """The first day of each stretch, as PostgreSQL's date_trunc says it: weeks begin on Monday."""
    day, last, starts = period.first_day, period.last_day, []
    if period.bucket == "week":
        day -= timedelta(days=day.weekday())
    if period.bucket == "month":
        day = day.replace(day=1)
    while day <= last:
        starts.append(day)
        if period.bucket == "month":
            day = (day + timedelta(days=32)).replace(day=1)
        else:
            day += timedelta(days=7 if period.bucket == "week" else 1)
    return starts
