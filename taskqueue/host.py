"""One worker host: django-q2's cluster, the rounds, the pulse, and a watchful main thread."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from django.db import DatabaseError, InterfaceError, close_old_connections, connections
from django_q.cluster import Cluster

from taskqueue.orphans import EndWithParent
from taskqueue.pulse import Pulse
from taskqueue.rounds import make_rounds

logger = logging.getLogger(__name__)
ROUND_SECONDS = 5.0
WATCH_SECONDS = 0.5


class Host:
    """Runs until SIGTERM or SIGINT. `run` returns the exit code: 0 after a drain, 1 when it must be replaced.

    drain: seconds that running tasks get to end after a stop signal; then they are killed. Their rows have
    leases, so another worker takes them up.
    """

    def __init__(self, *, pulse: Pulse, drain: float) -> None:
        self.pulse = pulse
        self.drain = drain
        self._stop = threading.Event()

    def run(self) -> int:
        _lead_a_group()
        EndWithParent().arm()
        connections.close_all()  # the cluster forks; a connection must not be shared
        cluster = Cluster()
        cluster.start()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())
        self._every(self.pulse.every / 3, self._beat)
        self._every(ROUND_SECONDS, make_rounds)
        while not self._stop.wait(WATCH_SECONDS):
            if not cluster.sentinel.is_alive():
                logger.error("The cluster has ended by itself; this worker ends so that it is started anew.")
                return self._end(1)
            if self.pulse.stalled:
                logger.error(
                    "No message went through the queue for %d s; this worker ends, to be started anew.",
                    self.pulse.stalled_after,
                )
                return self._end(1)
        return self._drain(cluster)

    def _beat(self) -> None:
        try:
            self.pulse.tick()
        except (DatabaseError, InterfaceError):
            self.pulse.excuse()
            raise

    def _every(self, seconds: float, work: Callable[[], object]) -> None:
        def repeat() -> None:
            while not self._stop.is_set():
                started = time.monotonic()
                close_old_connections()
                try:
                    work()
                except Exception:
                    logger.exception("A round of the worker host failed; the next comes in %.0f s.", seconds)
                    connections.close_all()
                self._stop.wait(max(0.0, seconds - (time.monotonic() - started)))
            connections.close_all()

        threading.Thread(target=repeat, daemon=True).start()

    def _drain(self, cluster: Cluster) -> int:
        stopping = threading.Thread(target=cluster.stop, daemon=True)
        stopping.start()
        stopping.join(self.drain)
        if stopping.is_alive():
            logger.warning("Tasks still ran %.0f s after the stop signal; they are taken up elsewhere.", self.drain)
            return self._end(1)
        return 0

    def _end(self, code: int) -> int:
        """Kill the rest of the group; a wedged cluster does not react to anything gentler."""
        for _ in range(3):  # the second pass finds what was forked during the first
            for pid in _rest_of_group():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.1)
        return code


def _lead_a_group() -> None:
    """Be the leader of a process group of our own, so that ending it touches nobody else."""
    if os.getpgrp() != os.getpid():
        os.setpgrp()


def _rest_of_group() -> Iterator[int]:
    own = os.getpid()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != own:
            with suppress(ProcessLookupError):
                if os.getpgid(int(entry.name)) == own:
                    yield int(entry.name)
