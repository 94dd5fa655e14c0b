"""The first page: what needs a person, what is running, how we do."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal import charts, history, periods, selectors
from portal.charts import BarChart, Figure, listing
from portal.history import Counted, LeadTimes
from portal.periods import Period
from portal.received import received
from taskqueue import clock
from vending.choices import AccountState, Outcome, RequestStatus

S = RequestStatus
DIMENSIONS = {
    "organizational_unit": _("Active accounts by organizational unit"),
    "environment": _("Active accounts by environment"),
    "cost_center": _("Active accounts by cost center"),
}
NO_ACCOUNTS = _("No account yet. Vended and adopted accounts are counted here.")


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """unfold's DASHBOARD_CALLBACK: adds the dashboard's content for those who may see requests."""
    if not request.user.has_perm("vending.view_accountrequest"):
        return context
    period = periods.from_query(request.GET)
    overdue_since = overdue_limit()
    counts = history.counts(period, overdue_since, selectors.NEEDS_A_PERSON)
    lead = history.lead_times(period)
    return context | {
        "sees": True,
        "queue": selectors.queue_health(),
        "needs": [figure for figure in needs(counts, overdue_since) if _may_see(request, figure)],
        "waiting": selectors.needs_a_person(),
        "running": running(history.usual_of(counts["usual"])),
        "period": period,
        "presets": periods.PRESETS,
        "lead": lead,
        "lead_figures": lead_figures(lead, period),
        "split": split(lead, period),
        "received": received(counts["received"], period),
        "accounts": accounts(counts),
        "failures": failures(counts["failures"], period),
        "waves": waves(period),
    }


def overdue_limit() -> datetime:
    """Who awaits an approval since before this moment has waited too long; a whole minute, for the link."""
    limit = clock.now() - timedelta(hours=settings.APPROVAL_OVERDUE_HOURS)
    return limit.replace(second=0, microsecond=0)


def needs(counts: dict[str, list[Counted]], overdue_since: datetime) -> list[Figure]:
    by_status = {row.label: row.number for row in counts["needs"]}
    late = {"status__exact": S.AWAITING_APPROVAL.value, "changed_at__lt": overdue_since}
    figures = [
        Figure(
            status.label, by_status.get(status.value, 0), listing("vending.accountrequest", status__exact=status.value)
        )
        for status in selectors.NEEDS_A_PERSON
    ]
    figures.append(Figure(
        _("Approval overdue (%(hours)s h)") % {"hours": settings.APPROVAL_OVERDUE_HOURS},
        _only(counts["overdue"]), listing("vending.accountrequest", **late),
    ))  # fmt: skip
    figures.append(
        Figure(_("Messages not sent"), _only(counts["unsent"]), listing("audit.delivery", status__exact="failed"))
    )
    quiet = (S.AWAITING_APPROVAL.label,)
    return [Figure(f.label, f.count, f.href, loud=f.count > 0 and f.label not in quiet) for f in figures]


def running_now() -> list[dict[str, Any]]:
    """The same, alone: what the page fetches again while runs are under way."""
    return running(history.usual())


def running(lasts: timedelta | None) -> list[dict[str, Any]]:
    """Runs under way, each with the moment at which it will probably end."""
    now = clock.now()
    rows = []
    for run in selectors.running():
        expected = run.started_at + lasts if lasts else None
        rows.append({"run": run, "expected": expected, "late": expected is not None and expected < now})
    return rows


def lead_figures(lead: LeadTimes, period: Period) -> list[dict[str, Any]]:
    """How many became ready and how fast; nothing when none did."""
    if not lead.number:
        return []
    became_ready = {"ready_at__gte": period.since, "ready_at__lt": period.until}
    within = [(_("half are ready within"), lead.p50), (_("95 % are ready within"), lead.p95)]
    figures = [
        {"label": label, "value": value, "href": listing("vending.leadtime", **became_ready, total__lte=value)}
        for label, value in within
    ]
    ready = {"label": _("became ready"), "value": lead.number, "href": listing("vending.leadtime", **became_ready)}
    return [*figures, ready]


PARTS = {
    "people": _("waiting for people"),
    "gates": _("waiting for gates"),
    "aws": _("waiting for AWS"),
    "own": _("us"),
}


def split(lead: LeadTimes, period: Period) -> dict[str, Any]:
    """For whom the requests of the period waited: a strip, and its four figures."""
    sums = {name: getattr(lead, name) or timedelta(0) for name in PARTS}
    whole = sum(sums.values(), timedelta(0))
    strip = charts.stacked([(name, sums[name].total_seconds(), PARTS[name]) for name in PARTS], whole.total_seconds())
    became_ready = {"ready_at__gte": period.since, "ready_at__lt": period.until}
    return {
        "strip": strip,
        "parts": [
            {"name": name, "label": label, "mean": sums[name] / lead.number if lead.number else None,
             "share": round(100 * (sums[name] / whole)) if whole else 0,
             "href": listing("vending.leadtime", **became_ready, **{f"{name}__gt": 0})}
            for name, label in PARTS.items()
        ],
    }  # fmt: skip


def accounts(counts: dict[str, list[Counted]]) -> list[BarChart]:
    active = {"state__exact": AccountState.ACTIVE.value}
    whole = Figure(_("All active accounts"), _only(counts["active"]), listing("vending.account", **active))
    return [
        charts.bar_chart(
            title,
            [
                Figure(row.label or _("(none)"), row.number,
                       listing("vending.account", **active, **{f"{name}__exact": row.label}))
                for row in counts[name]
            ],
            NO_ACCOUNTS,
            whole,
        )
        for name, title in DIMENSIONS.items()
    ]  # fmt: skip


def failures(rows: list[Counted], period: Period) -> BarChart:
    ended = {
        "outcome__exact": Outcome.PERMANENT.value, "finished_at__gte": period.since, "finished_at__lt": period.until,
    }  # fmt: skip
    figures = [
        Figure(row.label or _("(no code)"), row.number,
               listing("vending.stepattempt", **ended, problem_code__exact=row.label))
        for row in rows
    ]  # fmt: skip
    return charts.bar_chart(
        _("Failed attempts by cause"), figures, _("No step failed in this period."),
    )  # fmt: skip


def waves(period: Period) -> list[dict[str, Any]]:
    rows = history.waves(period)
    most = max((row.accounts for row in rows), default=0)
    began = {"started_at__gte": period.since, "started_at__lt": period.until}
    return [
        {"of": row, "share": round(100 * row.accounts / most, 2) if most else 0,
         "each": round(row.accounts / row.waves, 1),
         "href": listing("vending.wave", **began, stack_set__id__exact=row.stack_set)}
        for row in rows
    ]  # fmt: skip


def _may_see(request: HttpRequest, figure: Figure) -> bool:
    """A viewer is not shown a number whose list is closed to them."""
    return "/audit/" not in figure.href or request.user.has_perm("audit.view_delivery")


def _only(rows: list[Counted]) -> int:
    return rows[0].number if rows else 0
