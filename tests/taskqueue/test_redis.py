"""Redis as the broker, a real one: django-q2's own class and a server that the test starts."""

import pydoc
import shutil
import signal
import socket
import subprocess
import time
import warnings
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from django.db import transaction
from django_q.brokers.redis_broker import Redis
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from taskqueue import queue
from taskqueue.models import Heartbeat
from tests.taskqueue.workers import Start, all_gone, beats_until
from tests.vending.people import approve, ask_for
from vending.choices import RunStatus
from vending.engine import sweeper
from vending.models import Account, Run

SERVER = shutil.which("redis-server")
if SERVER is None:
    warnings.warn("There is no redis-server: REDIS AS A BROKER IS NOT TESTED HERE.", stacklevel=1)
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(SERVER is None, reason="There is no redis-server: REDIS AS A BROKER IS NOT TESTED HERE."),
]


class Server:
    """A Redis of our own on a free port, in memory only."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self.start()

    def start(self) -> None:
        assert SERVER is not None
        self._process = subprocess.Popen(
            [SERVER, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder)],
            stdout=subprocess.DEVNULL,
        )
        until = time.monotonic() + 10
        while time.monotonic() < until:
            try:
                redis.from_url(self.url).ping()
            except redis.ConnectionError:
                time.sleep(0.02)
            else:
                return
        raise AssertionError("The Redis of this test did not begin to answer.")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def broker(server: Server, monkeypatch: pytest.MonkeyPatch) -> Redis:
    """Redis carries the messages of this process; an empty queue is not waited for."""
    monkeypatch.setattr(Conf, "REDIS", server.url)
    monkeypatch.setattr(sweeper, "LATE", timedelta(0))
    broker = Redis("portal")
    monkeypatch.setattr(queue, "broker_in_use", lambda: broker)
    return broker


def work(broker: Redis) -> int:
    """Run what is in the queue as a worker would; returns how many messages there were."""
    count = 0
    while broker.queue_size():
        for receipt, body in broker.dequeue():
            task: dict[str, Any] = SignedPackage.loads(body)
            pydoc.locate(task["func"])(*task["args"], **task["kwargs"])  # type: ignore[operator]
            broker.acknowledge(receipt)
            count += 1
    return count


@pytest.mark.usefixtures("aws")
def test_a_whole_vending_over_redis_ends_with_one_account(broker: Redis) -> None:
    request = ask_for("AVM-1")
    work(broker)
    request.refresh_from_db()
    approve(request)
    for _ in range(200):
        if not work(broker) and not sweeper.sweep():
            break
    assert Run.objects.get().status == RunStatus.SUCCEEDED
    assert Account.objects.count() == 1
    assert not OrmQ.objects.exists()


def test_a_message_goes_to_redis_after_the_commit_only(broker: Redis) -> None:
    with transaction.atomic():
        queue.enqueue("taskqueue.tasks.beat", 0)
        assert broker.queue_size() == 0
    assert work(broker) == 1
    assert Heartbeat.objects.exists()
    with transaction.atomic():
        queue.enqueue("taskqueue.tasks.beat", 0)
        transaction.set_rollback(True)
    assert work(broker) == 0


def test_a_redis_that_is_away_stops_no_service(broker: Redis, server: Server, caplog: pytest.LogCaptureFixture) -> None:
    server.stop()
    assert ask_for("AVM-1").pk
    assert "Error calling" in caplog.text


@pytest.mark.slow
def test_a_worker_works_over_redis_and_goes_on_when_redis_was_away(
    server: Server, broker: Redis, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUEUE_URL", server.url)
    worker = start("--beat-every", "1", "--drain", "20")
    assert beats_until()
    server.stop()
    time.sleep(2)
    server.start()
    Heartbeat.objects.all().delete()
    queue.enqueue("taskqueue.tasks.beat", 0)
    assert beats_until()
    assert worker.poll() is None
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
    assert all_gone(worker.pid)
