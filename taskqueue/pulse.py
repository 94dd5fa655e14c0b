"""The pulse: a message sent through the queue again and again, and the notice that none arrives any more.

A killed idle worker leaves django-q2 wedged with every process alive and no word in the log. Only a message
that went all the way proves that work gets done; a process that cannot send one through must be replaced.
"""

import time
from datetime import datetime, timedelta

from taskqueue.models import Heartbeat
from taskqueue.queue import enqueue

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

    def tick(self) -> None:
        """See whether a beat arrived and send the next. One at a time; a lost one is sent again."""
        arrival = Heartbeat.objects.filter(id=1).values_list("beat_at", flat=True).first()
        now = time.monotonic()
        if arrival != self._last_arrival:
            self._last_arrival, self._moved = arrival, now
        waited = now - self._sent if self._sent is not None else None
        under_way = self._sent is not None and self._moved <= self._sent
        if waited is None or (waited >= LOST_AFTER if under_way else waited >= self.every):
            enqueue("taskqueue.tasks.beat", 0, delay=FRONT_OF_THE_QUEUE)
            self._sent = now

    def excuse(self) -> None:
        """The database could not be asked: no proof against the workers, and a restart mends nothing."""
        self._moved = time.monotonic()

    @property
    def stalled(self) -> bool:
        return time.monotonic() - self._moved > self.stalled_after
