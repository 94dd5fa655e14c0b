"""A token bucket: how many calls a second the portal allows itself, so that Jira does not have to say 429."""

import threading
import time
from collections.abc import Callable


class Budget:
    """`rate` calls a second on average, `burst` at once. Safe for threads; the clock is in seconds."""

    def __init__(
        self,
        rate: float,
        burst: int,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rate, self._burst, self._clock, self._sleep = rate, burst, clock, sleep
        self._tokens, self._seen = float(burst), clock()
        self._lock = threading.Lock()

    def take(self) -> None:
        """Take one call, waiting for it if the bucket is empty."""
        with self._lock:
            now = self._clock()
            self._tokens = min(self._burst, self._tokens + (now - self._seen) * self._rate)
            self._seen = now
            self._tokens -= 1
            wait = -self._tokens / self._rate
        if wait > 0:
            self._sleep(wait)
