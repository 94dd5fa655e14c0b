"""The pulse: a message sent through the queue again and again, and the notice that none arrives any more.

A killed idle worker leaves django-q2 wedged with every process alive and no word in the log. Only a message
that went all the way proves that work gets done; a process that cannot send one through must be replaced.
"""

import time
from datetime import datetime, timedelta

from taskqueue.broker import host_name
from taskqueue.queue import enqueue
from taskqueue.services import forget_hosts, report_host

FRONT_OF_THE_QUEUE = timedelta(hours=-1)
"""A beat is due since long ago, so that it passes a backlog: many messages are no standstill."""
LOST_AFTER = 60.0


class Pulse:
    """Beats every `every` seconds; stalled when none came back for `stalled_after` seconds (real ones)."""

    def __init__(self, *, every: float = 15, stalled_after: float = 120) -> None:
        self.every = every
        self.stalled_after = stalled_after
        self._last_arrival: datetime | None = None
        self._moved = time.monotonic()
        self._sent: float | None = None
        self._began = True

    def tick(self) -> None:
        """See whether a beat arrived and send the next. One at a time; a lost one is sent again.

        The beat is for this host alone: that others work proves nothing about this one.
        """
        name = host_name()  # asked now: a worker host leads a process group of its own only when it runs
        host = report_host(name=name, began=self._began)
        self._began = False
        forget_hosts()
        arrival = host.beat_at
        now = time.monotonic()
        if arrival != self._last_arrival:
            self._last_arrival, self._moved = arrival, now
        waited = now - self._sent if self._sent is not None else None
        under_way = self._sent is not None and self._moved <= self._sent
        if waited is None or (waited >= LOST_AFTER if under_way else waited >= self.every):
            enqueue("taskqueue.tasks.beat", host.pk, delay=FRONT_OF_THE_QUEUE, to=name)
            self._sent = now

    def excuse(self) -> None:
        """The database could not be asked: no proof against the workers, and a restart mends nothing."""
        self._moved = time.monotonic()

    @property
    def stalled(self) -> bool:
        return time.monotonic() - self._moved > self.stalled_after
