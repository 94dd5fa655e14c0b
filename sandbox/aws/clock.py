"""One clock for every wait and every rate of the sandbox.

An AWS second takes ``scale`` real seconds: 0.02 makes a minute pass in 1.2 s, 0 makes every wait instant.
"""

import heapq
import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


class Clock:
    """AWS time and the timers that run in it. Timers fire lazily, in order, when `run_due` is called."""

    def __init__(self, scale: float) -> None:
        self._scale = scale
        self._instant = False
        self._base_aws = 0.0
        self._base_real = time.monotonic()
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._ids = itertools.count()
        self._frozen: float | None = None

    @property
    def scale(self) -> float:
        return 0.0 if self._instant else self._scale

    @scale.setter
    def scale(self, value: float) -> None:
        if value < 0:
            raise ValueError("The time scale must not be negative.")
        self._rebase()
        self._scale = value

    def now(self) -> float:
        """AWS seconds since the sandbox started; while a timer runs, the moment it was due."""
        return self._frozen if self._frozen is not None else self._running()

    def wall(self) -> datetime:
        """The date for a timestamp in an answer: real time, or when the running timer was really due."""
        late = self._running() - self.now()
        return datetime.fromtimestamp(time.time() - late * self.scale, UTC)

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Run the action once these AWS seconds have passed (at once, on the next `run_due`, at scale 0)."""
        due = self.now() + (seconds if self.scale else 0.0)
        heapq.heappush(self._timers, (due, next(self._ids), action))

    def run_due(self) -> None:
        while self._timers and (self.scale == 0 or self._timers[0][0] <= self._running()):
            self._frozen, _, action = heapq.heappop(self._timers)
            try:
                action()
            finally:
                self._frozen = None

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds * self.scale)

    def clear(self) -> None:
        self._timers.clear()

    @contextmanager
    def instant(self) -> Iterator[None]:
        """While inside, nothing takes time: for the seed and for replaying a journal."""
        self._rebase()
        self._instant = True
        try:
            yield
            self.run_due()
        finally:
            self._rebase()
            self._instant = False

    def _running(self) -> float:
        if self.scale == 0:
            return self._base_aws
        return self._base_aws + (time.monotonic() - self._base_real) / self.scale

    def _rebase(self) -> None:
        self._base_aws, self._base_real = self._running(), time.monotonic()
