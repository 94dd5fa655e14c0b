"""Signing in with a real browser: what the Content-Security-Policy, cookies and redirects between sites allow."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect

from portal.people import sso
from tests.portal import factories
from tests.portal.people.doors import PASSWORD as OWN_PASSWORD
from tests.portal.people.doors import code_of
from tests.portal.people.providers.oidc import CLIENT_ID, CLIENT_SECRET, PASSWORD
from tests.portal.people.providers.running_oidc import RunningOidc

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _nothing_counted_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def page(browser: Browser) -> Page:
    return browser.new_page()


@pytest.fixture
def provider(live_server: Any, settings: Any, tmp_path: Path) -> Iterator[RunningOidc]:
    running = RunningOidc(tmp_path, live_server.url)
    settings.OIDC_ISSUER = running.issuer
    settings.SSO_GROUPS = {"aws-gas": "GAS engineer", "aws-audit": "Auditor"}
    settings.SOCIALACCOUNT_PROVIDERS = sso.providers(
        oidc_issuer=running.issuer,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=CLIENT_SECRET,
        saml_metadata="",
        saml_entity_id="",
    )
    yield running
    running.stop()


def come(page: Page, address: str, username: str) -> None:
    page.goto(address + "/admin/")
    page.get_by_role("link", name="Single sign-on").click()
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("button")


def test_the_button_leads_to_the_provider_and_back_to_the_dashboard(
    page: Page, provider: RunningOidc, live_server: Any
) -> None:
    provider.say("gus", groups=["aws-gas"])
    come(page, live_server.url, "gus")
    expect(page).to_have_title(re.compile("Dashboard"))
    expect(page.get_by_role("link", name="Runs").first).to_be_visible()


def test_without_a_group_the_page_names_the_groups_to_ask_for(
    page: Page, provider: RunningOidc, live_server: Any
) -> None:
    provider.say("nadia", groups=["something else"], email="nadia@example.com")
    come(page, live_server.url, "nadia")
    expect(page.get_by_text("nadia@example.com")).to_be_visible()
    expect(page.get_by_role("cell", name="aws-gas")).to_be_visible()


def test_an_authenticator_app_is_set_up_by_hand(page: Page, live_server: Any, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    factories.person("gus", "GAS engineer")
    page.goto(live_server.url + "/admin/")
    page.get_by_label("Username").fill("gus")
    page.get_by_label("Password").fill(OWN_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Set up your second factor")).to_be_visible()
    assert page.evaluate("document.querySelector('.av-qr').naturalWidth") > 0
    page.get_by_label("Authenticator code").fill(code_of(page.locator("code").inner_text()))
    page.get_by_role("button", name="Switch on").click()
    page.get_by_role("link", name="I have saved them").click()
    expect(page).to_have_title(re.compile("Dashboard"))
