"""A Chromium for these tests, and pages as somebody sees them who has signed in."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.looking import Faults
from tests.portal import factories

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
Open = Callable[..., Page]
Take = Callable[..., None]
LARGEST_PICTURE = 200_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this folder; each page has a context, so cookies, of its own."""
    if CHROMIUM is None:
        pytest.skip("NO CHROMIUM ON THIS MACHINE: the pages were not looked at. Install chromium, or google-chrome.")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright keeps a loop in this thread
        with sync_playwright() as play:
            chromium = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            yield chromium
            chromium.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """`open_page(address, session)`: a page at that address, signed in. At the end no script of it may have failed."""
    faults: list[Faults] = []
    contexts = []

    def open_page(address: str, session: str = "", **options: Any) -> Page:
        context = browser.new_context(base_url=address, **({"viewport": {"width": 1280, "height": 800}} | options))
        contexts.append(context)
        if session:
            context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
        page = context.new_page()
        faults.append(Faults(page))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [fault for each in faults for fault in each] == []


@pytest.fixture
def page(open_page: Open, live_server: Any) -> Page:
    """The pages as an engineer sees them."""
    return open_page(live_server.url, session_of(factories.person("gus", "GAS engineer")))


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


@pytest.fixture
def take(tmp_path: Path) -> Take:
    """Takes a picture of a page's visible part, or of one element of it, for the README and the docs.

    It goes to the folder of the test; with WRITE_PICTURES=1 into docs/images, to make them anew.
    """
    folder = Path(__file__).parents[2] / "docs" / "images" if os.environ.get("WRITE_PICTURES") else tmp_path

    def take(page: Page, name: str, of: str = "") -> None:
        file = folder / f"{name}.png"
        if of:
            page.locator(of).first.screenshot(path=file)
        else:
            page.screenshot(path=file)
        assert file.stat().st_size < LARGEST_PICTURE

    return take
