"""The rounds: every sweep gets its turn, on one host at a time."""

from typing import Any

import psycopg
import pytest
from django.db import connection

from taskqueue import rounds

pytestmark = pytest.mark.django_db
CALLS: list[str] = []


def first() -> int:
    CALLS.append("first")
    raise RuntimeError("this one is broken")


def second() -> int:
    CALLS.append("second")
    return 3


@pytest.fixture(autouse=True)
def two_sweeps(settings: Any) -> None:
    CALLS.clear()
    settings.SWEEPS = [f"{__name__}.first", f"{__name__}.second"]


def test_a_broken_sweep_is_logged_and_the_next_has_its_turn(caplog: pytest.LogCaptureFixture) -> None:
    assert rounds.make_rounds() == {f"{__name__}.second": 3}
    assert CALLS == ["first", "second"]
    assert "this one is broken" in caplog.text


def test_the_rounds_are_made_again_and_again() -> None:
    rounds.make_rounds()
    rounds.make_rounds()
    assert CALLS.count("second") == 2


def test_one_host_at_a_time() -> None:
    parameters = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    with psycopg.connect(**{name: parameters[name] for name in names if name in parameters}) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [rounds.LOCK])
        assert rounds.make_rounds() == {}
        assert CALLS == []
        other.execute("SELECT pg_advisory_unlock(%s)", [rounds.LOCK])
    assert rounds.make_rounds() != {}


def test_every_sweep_of_the_settings_exists() -> None:
    from django.utils.module_loading import import_string

    from portal.settings import SWEEPS

    assert all(callable(import_string(path)) for path in SWEEPS)
