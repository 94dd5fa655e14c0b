"""A worker as a real process, and its end."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection

from tests.taskqueue.workers import Start, group


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts workers on the test database; kills what is left of their groups."""
    started: list[subprocess.Popen[bytes]] = []

    def run(*options: str) -> subprocess.Popen[bytes]:
        parameters = connection.get_connection_params()
        address = f"postgres://{parameters['user']}@/{parameters['dbname']}?host={parameters['host']}"
        environment = os.environ | {
            "DATABASE_URL": address,
            "SECRET_KEY": settings.SECRET_KEY,
            "WORKERS": "1",
        }
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker", *options],
            cwd=settings.BASE_DIR,
            env=environment,
            start_new_session=True,
            stderr=subprocess.PIPE,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        for pid in group(process.pid):
            os.kill(pid, signal.SIGKILL)
        process.wait(10)
