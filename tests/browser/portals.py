"""A portal for all tests of a file, with something on every page."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from pytest_django.live_server_helper import LiveServer

from tests.browser import world
from tests.browser.conftest import session_of


class Portal(NamedTuple):
    """Its address, and a session for each person by user name."""

    address: str
    sessions: dict[str, str]


@contextmanager
def filled_portal(blocker: Any) -> Iterator[Portal]:
    """A portal whose world is made once; whoever uses it only reads."""
    with blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        assert "test" in connection.settings_dict["NAME"]  # it is emptied here
        call_command("flush", verbosity=0, interactive=False)
        world.everything()
        # made here: what a test writes in its own transaction, the server does not see
        sessions = {person.username: session_of(person) for person in User.objects.all()}
        server = LiveServer("127.0.0.1")
        try:
            yield Portal(server.url, sessions)
        finally:
            server.stop()
            call_command("flush", verbosity=0, interactive=False)
