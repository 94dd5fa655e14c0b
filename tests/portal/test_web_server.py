"""How `manage.py web` serves: its threads keep their connections, and no collection of garbage stops them all."""

import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from granian.server import Server


def test_a_thread_lives_as_long_as_its_connection_to_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Any] = []
    monkeypatch.setattr(Server, "serve", lambda server: served.append(server))
    call_command("web")
    assert served[0].blocking_threads_idle_timeout == settings.DATABASES["default"]["CONN_MAX_AGE"] > 60
    assert settings.DATABASES["default"]["CONN_HEALTH_CHECKS"]


def test_what_is_loaded_at_the_start_is_kept_from_the_garbage_collector() -> None:
    code = "import portal.wsgi, gc, sys; print(gc.get_freeze_count(), 'vending.admin.requests' in sys.modules)"
    frozen, pages_are_loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()[-2:]
    assert int(frozen) > 100_000
    assert pages_are_loaded == "True"
