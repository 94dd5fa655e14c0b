"""The dashboard: every figure is the number of rows of the list it leads to; it stays small; it teaches when empty."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.choices import DeliveryStatus
from audit.models import Event
from portal import dashboard, history, periods
from portal.charts import Figure
from portal.received import received
from portal.selectors import NEEDS_A_PERSON
from tests.portal import factories
from vending.choices import Outcome, RequestStatus, RunStatus, StepStatus
from vending.models import AccountRequest, LeadTime, Run, StackSet, StepAttempt, Wave

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def engineer(client: Client) -> Client:
    client.force_login(factories.person("gus", "GAS engineer"))
    return client


@pytest.fixture
def busy() -> None:
    """Rows for every figure, inside and outside of the last 30 days."""
    factories.world()
    factories.delivery(Event.objects.filter(ticket="AVM-3").get())
    for number, days in enumerate((0, 1, 3, 9, 20, 45, 200), 100):
        at = NOW - timedelta(days=days, minutes=5)
        status = list(RequestStatus)[number % 10]
        row = factories.request(number, status, received_at=at, changed_at=at)
        LeadTime.objects.create(
            request=row, approved_at=at - timedelta(minutes=number), ready_at=at, total=timedelta(minutes=number),
            people=timedelta(minutes=number % 3), gates=timedelta(0), aws=timedelta(minutes=number - number % 3),
            own=timedelta(0),
        )  # fmt: skip
    late = factories.request(200, changed_at=NOW - timedelta(days=5))
    factories.account(late, 200)
    fail(("AccessDenied", 1), ("AccessDenied", 2), ("OutOfPatience", 3), ("AccessDenied", 90))
    for place, days in enumerate((1, 2, 80)):
        stack_set, _ = StackSet.objects.get_or_create(name="logging" if place < 2 else "network")
        Wave.objects.create(
            stack_set=stack_set, operation_id=factories.uuid.uuid4(), regions=["eu-central-1"], status="ended",
            accounts=4, started_at=NOW - timedelta(days=days), finished_at=NOW - timedelta(days=days, seconds=-70),
        )  # fmt: skip


def fail(*failures: tuple[str, int]) -> None:
    step = Run.objects.filter(status=RunStatus.FAILED).get().steps.get(status=StepStatus.FAILED)
    for number, (code, days) in enumerate(failures, 10):
        at = NOW - timedelta(days=days)
        StepAttempt.objects.create(
            step_run=step, number=number, lease=factories.uuid.uuid4(), worker="w", outcome=Outcome.PERMANENT,
            problem_code=code, started_at=at, finished_at=at,
        )  # fmt: skip


def rows_behind(client: Client, address: str) -> int:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.get("Location"))
    return int(answer.context["cl"].result_count)


def period(key: str) -> periods.Period:
    return periods.from_query(QueryDict(f"period={key}"))


def counts(key: str) -> dict[str, list[history.Counted]]:
    return history.counts(period(key), dashboard.overdue_limit(), NEEDS_A_PERSON)


def assert_true(client: Client, figures: list[Figure]) -> None:
    assert figures
    assert [(f.label, f.count) for f in figures] == [(f.label, rows_behind(client, f.href)) for f in figures]


def test_what_needs_a_person_is_what_the_lists_show(engineer: Client, busy: None) -> None:
    figures = dashboard.needs(counts("30d"), dashboard.overdue_limit())
    assert_true(engineer, figures)
    assert all(figure.count for figure in figures), [(f.label, f.count) for f in figures]


@pytest.mark.parametrize("key", ["7d", "30d", "12m"])
def test_the_requests_of_every_week_are_what_the_lists_show(engineer: Client, busy: None, key: str) -> None:
    chart = received(counts(key)["received"], period(key))
    assert_true(engineer, list(chart.totals))
    for column in chart.columns:
        if column.figures[0].count:
            assert_true(engineer, list(column.figures))
    assert sum(column.figures[0].count for column in chart.columns) == chart.totals[0].count > 0


def test_the_accounts_of_every_chart_are_what_the_lists_show(engineer: Client, busy: None) -> None:
    for chart in dashboard.accounts(counts("30d")):
        assert_true(engineer, [bar.figure for bar in chart.bars])
        assert chart.whole is not None
        assert_true(engineer, [chart.whole])


def test_failures_by_cause_are_what_the_lists_show(engineer: Client, busy: None) -> None:
    chart = dashboard.failures(counts("30d")["failures"], period("30d"))
    assert_true(engineer, [bar.figure for bar in chart.bars])
    assert [(bar.figure.label, bar.figure.count) for bar in chart.bars] == [("AccessDenied", 2), ("OutOfPatience", 1)]


def test_waves_are_what_the_list_shows(engineer: Client, busy: None) -> None:
    rows = dashboard.waves(period("30d"))
    assert [(row["of"].name, row["of"].waves, row["of"].accounts) for row in rows] == [("logging", 2, 8)]
    assert rows_behind(engineer, rows[0]["href"]) == 2


def test_lead_times_are_what_the_list_shows(engineer: Client, busy: None) -> None:
    lead = history.lead_times(period("30d"))
    half, most, ready = dashboard.lead_figures(lead, period("30d"))
    assert lead.number == 5
    assert lead.p50 == timedelta(minutes=102)
    assert rows_behind(engineer, ready["href"]) == 5
    assert rows_behind(engineer, half["href"]) == 3
    assert rows_behind(engineer, most["href"]) == 4
    parts = dashboard.split(lead, period("30d"))["parts"]
    assert sum(part["share"] for part in parts) == 100
    assert {part["name"]: rows_behind(engineer, part["href"]) for part in parts} == {
        "people": LeadTime.objects.filter(ready_at__gte=period("30d").since, people__gt=timedelta(0)).count(),
        "gates": 0, "aws": 5, "own": 0,
    }  # fmt: skip


class Links(HTMLParser):
    """Addresses of the links of a page's dashboard."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        if tag == "a":
            self.found.append(dict(attributes).get("href") or "")


def test_no_link_of_the_dashboard_is_dead(engineer: Client, busy: None) -> None:
    page = Links()
    page.feed(engineer.get("/admin/").content.decode())
    filtered = {address for address in page.found if "?" in address and address.startswith("/admin/")}
    assert len(filtered) > 30
    for address in filtered:
        answer = engineer.get(address)
        assert answer.status_code == 200, (address, answer.get("Location"))


@pytest.mark.parametrize("query", ["", "?period=12m", "?from=2020-01-01&until=2026-01-31"])
def test_the_dashboard_needs_at_most_twelve_queries(engineer: Client, busy: None, query: str) -> None:
    with CaptureQueriesContext(connection) as seen:
        assert engineer.get(f"/admin/{query}").status_code == 200
    assert len(seen) <= 12, [asked["sql"][:90] for asked in seen]


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-01-31&until=2026-01-01",
        "from=x&until=",
        "from=0001-01-01&until=9999-12-31",
        "period=x",
        "period=",
        "from=2026-01-01",
    ],
)
def test_a_period_that_makes_no_sense_becomes_the_usual_one(engineer: Client, query: str) -> None:
    answer = engineer.get(f"/admin/?{query}")
    assert answer.status_code == 200
    assert answer.context["period"].key == "30d"
    assert bool(answer.context["period"].problem) == query.startswith("from")


@pytest.mark.parametrize(("query", "days"), [("period=7d", 7), ("period=90d", 90), ("period=12m", 365),
                                             ("from=2026-01-01&until=2026-01-31", 31)])  # fmt: skip
def test_the_period_is_kept_in_the_address(engineer: Client, query: str, days: int) -> None:
    assert engineer.get(f"/admin/?{query}").context["period"].days == days


def test_the_empty_dashboard_teaches_in_every_place(engineer: Client) -> None:
    page = engineer.get("/admin/").content.decode()
    for sentence in ("No request became ready in this period", "No request came in this period", "No step failed",
                     "No stack set was deployed", "No account yet", "One starts by itself"):  # fmt: skip
        assert sentence in page


def test_a_run_tells_when_it_will_probably_be_ready(engineer: Client, busy: None) -> None:
    LeadTime.objects.update(total=timedelta(minutes=30), people=timedelta(0), aws=timedelta(minutes=30))
    answer = engineer.get("/admin/running/")
    run = Run.objects.get(status=RunStatus.RUNNING)
    assert answer.context["running"][0]["expected"] == run.started_at + timedelta(minutes=30)
    page = answer.content.decode()
    assert "ready about" in page
    assert 'data-open="yes"' in page
    Run.objects.filter(pk=run.pk).update(started_at=NOW - timedelta(hours=1))
    assert "longer than usual" in engineer.get("/admin/running/").content.decode()


def test_nobody_without_a_group_sees_what_is_running(client: Client, busy: None) -> None:
    client.force_login(factories.person("stranger"))
    assert client.get("/admin/running/").status_code == 403


def test_a_viewer_is_shown_no_figure_whose_list_is_closed_to_them(client: Client, busy: None) -> None:
    client.force_login(factories.person("vera", "Viewer"))
    page = Links()
    page.feed(client.get("/admin/").content.decode())
    for address in {address for address in page.found if address.startswith("/admin/") and "logout" not in address}:
        assert client.get(address).status_code == 200, address


def test_names_from_tickets_are_no_markup(engineer: Client) -> None:
    row = factories.request(7)
    AccountRequest.objects.filter(pk=row.pk).update(account_name="<b>x</b>")
    factories.account(row, 7)
    type(row).objects.update(organizational_unit="<i>")
    row.account.organizational_unit = "<script>y</script>"
    row.account.save()
    page = engineer.get("/admin/").content.decode()
    assert "<script>y" not in page
    assert "<b>x" not in page


def bars_of(page: str) -> Iterator[float]:
    return (float(width) for width in re.findall(r'av-fill-bar" width="([\d.]+)%', page))


def test_bars_are_drawn_in_any_language(engineer: Client, busy: None) -> None:
    page = engineer.get("/admin/", headers={"accept-language": "de"}).content.decode()
    widths = list(bars_of(page))
    assert widths
    assert max(widths) == 100
    assert not re.search(r'(width|height|x|y)="\d+,\d+%"', page)


def test_a_message_that_was_sent_needs_nobody(engineer: Client, busy: None) -> None:
    before = {f.label: f.count for f in dashboard.needs(counts("30d"), dashboard.overdue_limit())}
    factories.delivery(Event.objects.filter(ticket="AVM-3").get(), DeliveryStatus.SENT)
    after = {f.label: f.count for f in dashboard.needs(counts("30d"), dashboard.overdue_limit())}
    assert sum(before.values()) - sum(after.values()) == 1
