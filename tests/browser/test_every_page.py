"""Every page in light and dark, on a wide and a narrow screen: accessible, without faults, and fitting its window."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from audit.models import Event
from tests.browser import looking, pages
from tests.browser.conftest import Open, Take
from tests.browser.portals import Portal, filled_portal
from vending.models import Account, AccountRequest, Baseline

pytestmark = pytest.mark.django_db  # else pytest-django makes no database; nothing is written after the world is there
SWAGGERS_OWN = ("heading-order", "region")
"""On the page of the API: headings of the third level below the first, and what stands before <main>."""


@pytest.fixture(scope="module")
def portal(django_db_setup: None, django_db_blocker: Any) -> Iterator[Portal]:
    with filled_portal(django_db_blocker) as filled:
        yield filled


@pytest.fixture
def opened(portal: Portal, open_page: Open) -> Page:
    """As somebody who sees everything."""
    return open_page(portal.address, portal.sessions["root"])


def assert_well(page: Page, addresses: Iterable[str]) -> None:
    found: list[str] = []
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        assert urlsplit(page.url).path == urlsplit(address).path  # and not the sign-in page
        found += looking.faults_of(page)
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("model", pages.models(), ids=lambda model: model._meta.label)
def test_every_page_of_a_model(opened: Page, model: Any) -> None:
    assert_well(opened, pages.pages_of(model))


OWN = [
    "/admin/",
    "/admin/?days=7",
    "/admin/vending/",
    "/admin/password_change/",
    "/people/second-factor/",
    "/people/recovery-codes/new/",
    "/people/confirm/",
    "/people/second-factor/app/",
    "/people/inactive/",
    "/admin/vending/accountrequest/?q=nobody+has+this",
    "/admin/vending/accountrequest/?status__exact=failed",
]


@pytest.mark.parametrize("address", OWN)
def test_every_page_without_a_model(opened: Page, address: str) -> None:
    assert_well(opened, [address])


@pytest.mark.parametrize("ticket", ["AVM-1", "AVM-2", "AVM-3", "AVM-5", "AVM-7"])
def test_requests_runs_and_accounts_in_every_state(opened: Page, ticket: str) -> None:
    """Ready, failed, under way, to correct, and one whose names are as long as they may be."""
    row = AccountRequest.objects.get(ticket=ticket)
    of_it = [row, *row.runs.all(), *Account.objects.filter(request=row)]
    assert_well(opened, [reverse(f"admin:vending_{each._meta.model_name}_change", args=[each.pk]) for each in of_it])


@pytest.mark.parametrize("width", looking.WIDTHS)
def test_of_where_a_page_is_only_its_own_long_name_is_cut(opened: Page, width: int) -> None:
    event = Event.objects.filter(summary__startswith="It did not end well").get()
    opened.set_viewport_size({"width": width, "height": looking.HEIGHT})
    opened.goto(reverse("admin:audit_event_change", args=[event.pk]))
    *above, own = opened.locator("h1 .av-crumb:visible").all()
    cut = "part => part.scrollWidth > part.clientWidth"
    assert own.evaluate(cut)
    assert event.summary.strip() in str(own.get_attribute("title"))
    assert above
    assert not [part for part in above if part.evaluate(cut)]
    opened.goto(reverse("admin:auth_user_changelist"))  # the longest name of a part of the portal
    assert not [part for part in opened.locator("h1 .av-crumb:visible").all() if part.evaluate(cut)]


def test_the_steps_of_a_baseline_stand_below_one_another_on_a_narrow_screen(opened: Page) -> None:
    opened.set_viewport_size({"width": 390, "height": looking.HEIGHT})
    opened.goto(reverse("admin:vending_baseline_change", args=[Baseline.objects.earliest("pk").pk]))
    table = opened.locator(".av-built")
    expect(table).to_be_visible()
    assert table.evaluate("table => table.scrollWidth <= table.parentElement.clientWidth")


@pytest.mark.parametrize("address", ["/admin/login/", "/people/inactive/", "/sso/cancelled/"])
def test_the_pages_before_the_portal(portal: Portal, open_page: Open, address: str) -> None:
    assert_well(open_page(portal.address), [address])


def test_the_description_of_the_api(opened: Page) -> None:
    opened.goto("/api/docs/")
    expect(opened.get_by_text("/api/v1/runs/{id}/hold/")).to_be_visible()
    assert looking.faults_of(opened, SWAGGERS_OWN) == []
    expect(opened.locator("html")).to_contain_class("dark-mode")
    opened.get_by_role("link", name="To the portal").click()
    expect(opened.get_by_role("heading", name="Dashboard")).to_be_visible()


@pytest.mark.parametrize("name", ["gus", "stranger"])
def test_the_dashboard_of_an_engineer_and_of_somebody_in_no_group(
    portal: Portal, open_page: Open, take: Take, name: str
) -> None:
    page = open_page(portal.address, portal.sessions[name])
    assert_well(page, ["/admin/"])
    if name == "gus":
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto("/admin/")
        take(page, "dashboard")


@pytest.mark.parametrize(
    ("address", "heading"), [("/admin/nothing/", "no such page"), ("/admin/auth/user/", "may not")]
)
def test_an_error_is_a_page_that_leads_on(portal: Portal, browser: Browser, address: str, heading: str) -> None:
    page = browser.new_page(base_url=portal.address)  # the browser calls the answer itself a fault
    cookie = {"name": "sessionid", "value": portal.sessions["vera"], "url": portal.address}
    page.context.add_cookies([cookie])
    page.goto(address)
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    assert looking.faults_of(page) == []
    page.get_by_role("link", name="To the dashboard").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    page.close()
