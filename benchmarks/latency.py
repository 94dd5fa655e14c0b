"""How long a message lies between its commit and a worker: idle, and with work at half the full rate."""

import random
import threading
import time
from datetime import UTC, datetime

from django.db import connection

from benchmarks.tasks import ARRIVALS
from taskqueue.queue import enqueue

PAUSE = (0.02, 0.08)
"""Real seconds between probes: never in step with a poll."""


def prepare() -> None:
    with connection.cursor() as cursor:
        cursor.execute(ARRIVALS)


def idle(count: int) -> list[float]:
    """Seconds from commit to start of so many messages, one after the other."""
    return _probe(1, count)


def loaded(runs_a_second: float, seconds: float) -> list[float]:
    """The same while runs of the engine part begin at that rate."""
    from benchmarks import engine

    stop = threading.Event()

    def load() -> None:
        number = 0
        began = time.monotonic()
        while not stop.is_set():
            number += 1
            engine.start(1, f"LOAD{number}")
            stop.wait(max(0.0, began + number / runs_a_second - time.monotonic()))
        connection.close()

    thread = threading.Thread(target=load, daemon=True)
    thread.start()
    time.sleep(2)
    try:
        return _probe(1001, int(seconds / (sum(PAUSE) / 2)))
    finally:
        stop.set()
        thread.join()


def _probe(first: int, count: int) -> list[float]:
    sent: dict[int, datetime] = {}
    for probe in range(first, first + count):
        enqueue("benchmarks.tasks.arrive", probe)
        sent[probe] = datetime.now(UTC)
        time.sleep(random.uniform(*PAUSE))
    return [(arrived - sent[probe]).total_seconds() for probe, arrived in _arrivals(first, count).items()]


def _arrivals(first: int, count: int) -> dict[int, datetime]:
    """When each probe arrived. Raises TimeoutError when some never did."""
    for _ in range(300):
        with connection.cursor() as cursor:
            cursor.execute("SELECT probe, arrived FROM bench_arrival WHERE probe >= %s", [first])
            found = dict(cursor.fetchall())
        if len(found) >= count:
            return found
        time.sleep(0.1)
    raise TimeoutError(f"Only {len(found)} of {count} messages arrived within 30 s.")
