"""The demo by mouse: everything that `make demo` starts, and two people with a browser."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from sandbox.demo.__main__ import start
from sandbox.demo.database import Database
from sandbox.demo.home import Home
from sandbox.demo.screen import Screen
from sandbox.demo.supervisor import Supervisor
from sandbox.demo.world import World
from sandbox.jira import fields
from tests.browser.conftest import Open, Take

SECONDS = 1000
VENDED = 120 * SECONDS
TIME_SCALE = 0.04  # slow enough to be watched


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    folder = tmp_path_factory.mktemp("demo")
    with Home(folder) as home:
        database = Database(home.folder / "postgres")
        database.start()
        try:
            with Supervisor(World(home, TIME_SCALE, database.address)) as supervisor:
                start(supervisor, Screen())
                yield home
        finally:
            database.stop()


@pytest.fixture
def jira(demo: Home, open_page: Open) -> Page:
    return open_page(demo.url("jira"))


@pytest.fixture
def portal(demo: Home, open_page: Open) -> Page:
    """The portal, signed in through its door as the engineer of the demo."""
    page = open_page(demo.url("portal"))
    page.goto("/admin/")
    page.get_by_label("Username").fill("gas")
    page.get_by_label("Password").fill(demo.kept.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_title(re.compile("Dashboard"))
    return page


def act_as(jira: Page, name: str) -> None:
    jira.goto("/")
    jira.get_by_label("Acting as").select_option(label=name)
    expect(jira.get_by_label("Acting as").locator("option:checked")).to_have_text(name)


def order(jira: Page, name: str, security: str = "security@example.com") -> str:
    """Rita fills in the form; the key of her ticket."""
    act_as(jira, "Rita Requester")
    jira.goto("/portal/create")
    for label, value in (
        (fields.ACCOUNT_NAME, name),
        (fields.ACCOUNT_EMAIL, f"aws+{name}@example.com"),
        (fields.COST_CENTER, "CC-4711"),
        (fields.PURPOSE, "Payments of the web shop, for the checkout team."),
        (fields.SECURITY_CONTACT, f"Sina Secure; Security Lead; {security}; +49 30 1234567"),
        (fields.MONTHLY_BUDGET, "500"),
    ):
        jira.locator(f"[name={label.id}]").fill(value)
    for label, value in (
        (fields.ORGANIZATIONAL_UNIT, "Development"),
        (fields.ENVIRONMENT, "development"),
        (fields.OWNER, "Otto Owner"),
    ):
        jira.locator(f"select[name={label.id}]").select_option(label=value)
    jira.get_by_label("Anna Approver").check()
    jira.locator("main").get_by_role("button").last.click()
    expect(jira).to_have_url(re.compile("/browse/"))
    return jira.url.rsplit("/", 1)[-1]


def approve(jira: Page, ticket: str) -> None:
    """Gus, of the cloud team, waits for the pre-flight's word and moves the ticket."""
    expect(jira.get_by_text("Ready for approval").first).to_be_visible(timeout=40 * SECONDS)
    act_as(jira, "Gus Governance (GAS)")
    jira.goto(f"/browse/{ticket}")
    jira.get_by_role("button", name="Start progress").click()
    expect(jira.get_by_text("In Progress").first).to_be_visible()


def open_run(portal: Page, ticket: str) -> None:
    """From the list of requests, which is asked again until the run has begun, to the run's page."""
    portal.get_by_role("link", name="Requests").first.click()
    portal.get_by_role("link", name=ticket).click()
    run = portal.locator("main a[href*='/vending/run/'][href$='/change/']").first
    for _ in range(40):
        if run.count():
            break
        portal.wait_for_timeout(500)
        portal.reload()
    run.click()
    expect(portal.get_by_role("heading", name="Steps")).to_be_visible()


def test_an_account_is_ordered_approved_watched_and_ready(jira: Page, portal: Page, take: Take) -> None:
    ticket = order(jira, "payments-dev")
    approve(jira, ticket)
    open_run(portal, ticket)
    portal.evaluate("window.stays = true")
    expect(portal.locator(".av-step-succeeded").nth(4)).to_be_visible(timeout=VENDED)
    take(portal, "run")
    expect(portal.locator("h1 ~ p").get_by_text("Succeeded")).to_be_visible(timeout=VENDED)
    assert portal.evaluate("window.stays")  # it was the same page all the time
    expect(jira.get_by_text("is ready to use").first).to_be_visible(timeout=40 * SECONDS)
    expect(jira.get_by_text("In Validation").first).to_be_visible(timeout=40 * SECONDS)
    portal.get_by_role("link", name=re.compile("^Account \\d{12}")).click()
    expect(portal.locator("main h1")).to_contain_text("payments-dev")
    expect(portal.get_by_text("CC-4711").first).to_be_visible()
    take(portal, "account")


def test_a_failed_run_goes_on_after_retry(demo: Home, jira: Page, portal: Page) -> None:
    unlucky = "unlucky-security@example.com"
    fault = {
        "kind": "error", "service": "account", "operation": "PutAlternateContact", "contains": unlucky,
        "code": "ValidationException", "message": "Injected by the test.", "times": -1,
    }  # fmt: skip
    aws = httpx.Client(base_url=f"{demo.url('aws')}/sandbox", trust_env=False)
    aws.post("/faults", json=fault).raise_for_status()
    ticket = order(jira, "unlucky", security=unlucky)
    approve(jira, ticket)
    open_run(portal, ticket)
    expect(portal.get_by_role("alert").first).to_contain_text("contact", timeout=VENDED)
    aws.delete("/faults").raise_for_status()
    portal.get_by_role("link", name="Retry", exact=True).click()
    portal.locator("dialog").get_by_role("button", name="Retry").click()
    expect(portal.get_by_role("alert")).to_have_count(0)
    expect(portal.locator("h1 ~ p").get_by_text("Succeeded")).to_be_visible(timeout=VENDED)
    expect(jira.get_by_text("is ready to use").first).to_be_visible(timeout=40 * SECONDS)
