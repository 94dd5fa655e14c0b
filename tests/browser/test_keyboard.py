"""Without a mouse: the first link leads past the navigation, everything can be reached, and Escape leaves a dialog."""

import pytest
from playwright.sync_api import Page, expect

from tests.portal import factories
from vending.choices import RequestStatus, RunStatus, StepStatus
from vending.models import Run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run() -> Run:
    row = factories.request(1, RequestStatus.FAILED)
    return factories.run(row, [StepStatus.FAILED, *[StepStatus.BLOCKED] * 4], RunStatus.FAILED)


def tab_until(page: Page, name: str, most: int) -> None:
    """Tab to the element that says this; it must come within so many stops."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText")[: len(name)].strip() == name:
            return
    raise AssertionError(f"{name} is not among the first {most} stops.")


def test_the_first_stop_leads_past_the_navigation_to_the_main_action(page: Page, run: Run) -> None:
    page.goto(f"/admin/vending/run/{run.pk}/change/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    tab_until(page, "Retry", 5)
    page.keyboard.press("Enter")
    expect(page.locator("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)


def test_a_reason_is_given_and_sent_by_keyboard(page: Page, run: Run) -> None:
    page.goto(f"/admin/vending/run/{run.pk}/change/")
    page.get_by_role("link", name="Hold").focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog textarea")).to_be_focused()
    page.keyboard.type("Wait for the owner.")
    tab_until(page, "Hold", 1)
    page.keyboard.press("Enter")
    expect(page.get_by_text("On hold").first).to_be_visible()


def test_filters_and_the_own_menu_open_by_keyboard(page: Page, run: Run) -> None:
    page.goto("/admin/vending/run/")
    page.get_by_role("button", name="Filters").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#changelist-filter")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#changelist-filter")).to_be_hidden()
    page.locator("#nav-sidebar-inner").get_by_role("button", name="gus").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Log out")).to_be_visible()


def test_the_navigation_opens_by_keyboard_on_a_narrow_screen(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/admin/")
    page.get_by_role("button", name="Show or hide the navigation").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Accounts")).to_be_visible()
    page.get_by_role("button", name="Close the navigation").press("Enter")
    expect(page.get_by_role("link", name="Accounts")).to_be_hidden()
