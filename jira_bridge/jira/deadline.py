"""How long all calls of one piece of work may take together.

A worker is stopped when its task takes too long (Q_CLUSTER timeout), wherever it stands. A limit that ends earlier
turns that into an orderly “not now”, and the delivery says what it was waiting for.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ends_at: ContextVar[float | None] = ContextVar("jira_calls_end_at", default=None)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Calls to Jira inside are cut short after so many seconds. An outer, shorter limit stays."""
    outer, own = _ends_at.get(), time.monotonic() + seconds
    token = _ends_at.set(own if outer is None else min(outer, own))
    try:
        yield
    finally:
        _ends_at.reset(token)


def seconds_left() -> float:
    """Seconds until the limit; infinite where there is none."""
    ends_at = _ends_at.get()
    return float("inf") if ends_at is None else ends_at - time.monotonic()
