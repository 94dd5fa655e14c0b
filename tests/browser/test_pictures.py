"""The pictures of docs/jira.md: one request, from the form to its account, in a real browser.

They go to a folder of the test run; with WRITE_PICTURES=1 into docs/images, to make them anew:

    WRITE_PICTURES=1 .venv/bin/pytest -m browser tests/browser/test_pictures.py
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, Page

from audit.services import Actor
from jira_bridge.services import import_mapping
from portal.doctor import services as doctor
from sandbox.jira.server import SandboxJira
from taskqueue import clock
from taskqueue.services import record_beat
from tests.browser.conftest import Take, session_of
from tests.portal import factories
from vending.aws import ssm
from vending.models import AccountRequest

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]
FORM = {
    "customfield_10101": "payments-dev",
    "customfield_10102": "aws+payments-dev@example.com",
    "customfield_10105": "CC-4711",
    "customfield_10108": "Development of the payment service.",
    "customfield_10113": "250",
}
CHOSEN = {"customfield_10103": "Development", "customfield_10104": "development"}


@pytest.fixture
def jira(settings: Any, live_server: Any, aws: Any) -> Iterator[SandboxJira]:
    """A sandbox Jira and this portal, connected as docs/jira.md says."""
    ssm.forget()
    settings.PORTAL_BASE_URL = live_server.url
    settings.JIRA_WEBHOOK_API_KEY, settings.JIRA_WEBHOOK_SECRET = ["the-key-of-the-rule"], []
    with SandboxJira(live_server.url, "the-key-of-the-rule", automation="sync") as site:
        settings.JIRA_BASE_URL = site.url
        settings.JIRA_USER, settings.JIRA_API_TOKEN = "vending-bot@example.com", "sandbox-token"
        settings.JIRA_SWEEP_JQL = "project = AVM"
        settings.JIRA_API_TOKEN_EXPIRES = (clock.now() + timedelta(days=300)).date().isoformat()
        settings.AUDIT_SUBSCRIBERS = {"ticket": "jira_bridge.subscribers.Ticket"}
        import_mapping(text=(ROOT / "sandbox" / "demo" / "fields.yaml").read_text(), actor=Actor.system("test"))
        yield site


def signed_in(page: Page, live_server: Any) -> None:
    session = session_of(factories.person("gus", "GAS engineer"))
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])


def says(page: Page, *texts: str) -> None:
    content = page.inner_text("body").casefold()  # as shown: labels may be in capitals
    for text in texts:
        assert text.casefold() in content


def test_the_pictures_of_the_guide(
    browser: Browser, jira: SandboxJira, live_server: Any, drain: Callable[..., int], take: Take
) -> None:
    page = browser.new_page(viewport={"width": 1100, "height": 820})

    page.goto(f"{jira.url}/portal/create")
    for name, value in FORM.items():
        page.fill(f"[name={name}]", value)
    for name, value in CHOSEN.items():
        page.select_option(f"[name={name}]", label=value)
    page.select_option("[name=customfield_10106]", label="Otto Owner")
    says(page, "Account name", "Monthly budget")
    page.evaluate("window.scrollTo(0, 0)")
    take(page, "jira-form")

    page.click("button.primary")
    drain()
    ticket = AccountRequest.objects.get().ticket
    page.goto(f"{jira.url}/browse/{ticket}")
    says(page, "payments-dev", "aws+payments-dev@example.com")
    take(page, "jira-checked")

    moved = httpx.post(f"{jira.url}/browse/{ticket}/transition", data={"as": "gus@example.com", "id": "Start progress"})
    assert moved.is_success or moved.is_redirect
    drain()
    page.goto(f"{jira.url}/browse/{ticket}")
    says(page, "In Validation")

    signed_in(page, live_server)
    call_command("fields", "discover", stdout=StringIO())  # also reads what Jira calls its fields
    page.goto(f"{live_server.url}/admin/jira_bridge/fieldmapping/")
    says(page, "customfield_10101")
    take(page, "mapping")
    page.goto(f"{live_server.url}/admin/jira_bridge/webhookdelivery/")
    says(page, ticket, "Processed")
    page.set_viewport_size({"width": 1100, "height": 430})
    take(page, "deliveries")
    page.set_viewport_size({"width": 1100, "height": 820})
    request = AccountRequest.objects.get()
    page.goto(f"{live_server.url}/admin/vending/accountrequest/{request.pk}/change/")
    says(page, ticket, "gus@example.com")
    take(page, "request")

    record_beat()
    doctor.ask(actor=Actor.person("gus"))
    drain()
    page.goto(f"{live_server.url}/admin/portal/examination/")
    says(page, "Jira", "all 5 in AVM")
    page.evaluate("document.querySelector('section:last-of-type').scrollIntoView()")
    page.set_viewport_size({"width": 1100, "height": 780})
    take(page, "doctor")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 390])
def test_the_doctors_page_fits_its_window(
    browser: Browser, jira: SandboxJira, live_server: Any, drain: Callable[..., int], tmp_path: Path,
    scheme: Any, width: int,
) -> None:  # fmt: skip
    doctor.ask(actor=Actor.person("gus"))
    drain()
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    signed_in(page, live_server)
    page.goto(f"{live_server.url}/admin/portal/examination/")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.screenshot(path=tmp_path / f"doctor-{scheme}-{width}.png", full_page=True)
    page.click("text=Look now")
    page.wait_for_selector('[data-open="yes"]')
    drain()
    page.wait_for_selector('[data-open="no"]', timeout=10_000)  # the page renews itself
