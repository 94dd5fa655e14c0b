"""Every page in light and dark, on a wide and a narrow screen: accessible, without faults, and fitting its window."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.browser import looking, pages, world
from tests.browser.conftest import Open, session_of

pytestmark = pytest.mark.django_db  # else pytest-django makes no database; nothing is written after the world is there
LEFT_OUT = (
    # Django's own two lists of permissions: a hint on a symbol, which their label says as well
    ".selector .search-label-icon",
)


@pytest.fixture(scope="module")
def portal(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[str, str]]:
    """A portal with something on every page, made once for this file: its address, and a session that sees all."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        assert "test" in connection.settings_dict["NAME"]  # it is emptied below
        call_command("flush", verbosity=0, interactive=False)
        session = session_of(world.everything())
        server = LiveServer("127.0.0.1")
        yield server.url, session
        server.stop()
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture
def opened(portal: tuple[str, str], open_page: Open) -> Page:
    return open_page(*portal)


def assert_well(page: Page, addresses: Iterable[str], status: int = 200) -> None:
    found: list[str] = []
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == status, address
        found += looking.faults_of(page, LEFT_OUT)
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("model", pages.models(), ids=lambda model: model._meta.label)
def test_every_page_of_a_model(opened: Page, model: Any) -> None:
    assert_well(opened, pages.pages_of(model))
