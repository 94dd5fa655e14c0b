"""The stretch of time that the dashboard looks back on, as its address says."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

PRESETS: dict[str, tuple[int, str | Promise]] = {
    "7d": (7, _("7 days")),
    "30d": (30, _("30 days")),
    "90d": (90, _("90 days")),
    "12m": (365, _("12 months")),
}
USUAL = "30d"
LONGEST_DAYS = 3660
Bucket = Literal["day", "week", "month"]


@dataclass(frozen=True)
class Period:
    """Whole days of the server's zone; `until` is the first moment after it. A problem is a sentence to show."""

    key: str
    since: datetime
    until: datetime
    problem: str = ""

    @property
    def days(self) -> int:
        return (self.until - self.since + timedelta(hours=12)).days

    @property
    def bucket(self) -> Bucket:
        """How finely its charts divide it."""
        if self.days <= 14:
            return "day"
        return "week" if self.days <= 400 else "month"

    @property
    def first_day(self) -> date:
        return timezone.localtime(self.since).date()

    @property
    def last_day(self) -> date:
        return timezone.localtime(self.until).date() - timedelta(days=1)


def from_query(query: QueryDict) -> Period:
    """?period=7d, 30d, 90d, 12m, or ?from=2026-01-01&until=2026-01-31; anything else is the usual 30 days."""
    if "from" in query or "until" in query:
        return _own(query.get("from", ""), query.get("until", ""))
    return _preset(query.get("period", USUAL))


def _preset(key: str, problem: str = "") -> Period:
    key = key if key in PRESETS else USUAL
    today = timezone.localdate()
    return Period(key, midnight(today - timedelta(days=PRESETS[key][0] - 1)), midnight(today + timedelta(1)), problem)


def _own(first: str, last: str) -> Period:
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return _preset(USUAL, gettext("A range needs two dates, such as 2026-01-01. The last 30 days are shown."))
    if begin > end:
        return _preset(USUAL, gettext("The range ends before it begins. The last 30 days are shown."))
    if (end - begin).days > LONGEST_DAYS or not 1970 <= begin.year <= end.year < 9000:
        return _preset(USUAL, gettext("A range may have ten years at most. The last 30 days are shown."))
    return Period("own", midnight(begin), midnight(end + timedelta(days=1)))


def midnight(day: date) -> datetime:
    """The first moment of a day, in the server's zone."""
    return timezone.make_aware(datetime.combine(day, time()))
