"""The worker as a real process: it works, it ends when told, and it does not stay wedged."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from taskqueue.models import Heartbeat

Start = Callable[..., subprocess.Popen[bytes]]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


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


def group(leader: int) -> list[int]:
    """Every living process of the group."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == leader and fields[0] != "Z":
            found.append(int(entry.name))
    return found


def all_gone(leader: int) -> bool:
    """A killed process may need a moment to disappear."""
    for _ in range(50):
        if not group(leader):
            return True
        time.sleep(0.1)
    return False


def beats_until(deadline: float = 40) -> bool:
    limit = time.monotonic() + deadline
    while time.monotonic() < limit:
        if Heartbeat.objects.exists():
            return True
        time.sleep(0.2)
    return False


def test_a_message_is_worked_off_and_a_stop_signal_ends_all_processes(start: Start) -> None:
    worker = start("--beat-every", "1", "--drain", "20")
    assert beats_until(), worker.stderr.read1().decode()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
    assert all_gone(worker.pid)


def test_a_worker_that_is_wedged_ends_with_code_1(start: Start) -> None:
    worker = start("--beat-every", "1", "--stalled-after", "6")
    assert beats_until()
    # Stopped, not killed: the surest way to a cluster in which every process lives and nothing moves.
    for pid in group(worker.pid):
        if pid != worker.pid:
            os.kill(pid, signal.SIGSTOP)
    assert worker.wait(40) == 1
    assert all_gone(worker.pid)
    assert b"No message went through the queue" in worker.stderr.read()


def test_the_death_of_an_idle_worker_never_stops_the_work_for_good(start: Start) -> None:
    """kill -9 of an idle worker wedges django-q2 nine times of ten: either it goes on, or it ends with 1."""
    worker = start("--beat-every", "1", "--stalled-after", "6")
    assert beats_until()
    workers = [pid for pid in group(worker.pid) if pid != worker.pid][1:]
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    Heartbeat.objects.all().delete()
    limit = time.monotonic() + 40
    while time.monotonic() < limit:
        if worker.poll() is not None:
            assert worker.returncode == 1
            return
        if Heartbeat.objects.exists():
            return
        time.sleep(0.2)
    pytest.fail("The worker lives and does no work.")
