"""The worker as a real process: it works, it ends when told, and it does not stay wedged."""

import os
import signal
import time

import pytest

from taskqueue.models import Heartbeat
from tests.taskqueue.workers import Start, all_gone, beats_until, group

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


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


def test_a_host_that_is_killed_takes_its_whole_cluster_with_it(start: Start) -> None:
    worker = start("--beat-every", "1")
    assert beats_until()
    assert len(group(worker.pid)) > 3
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait(10)
    assert all_gone(worker.pid)


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
