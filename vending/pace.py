"""One pace for all workers: when AWS throttles one of them, all slow down, and speed up again by themselves.

AWS throttles an API for the whole account, so a worker that backs off alone only makes room for the others to run
into the same wall. The pace is a row for each service and kind of call: doubled by a throttled answer, halved by
each quiet HALF_LIFE. While there is none, a call costs nothing: the rows are read once a second.
"""

import math
import time
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from taskqueue import clock
from vending.aws.error_tables import THROTTLED_SENTENCE, Kind
from vending.aws.errors import Fault
from vending.aws.recording import current_calls, is_mutating
from vending.models import Throttle

log = structlog.get_logger(__name__)

FIRST, LONGEST = 0.05, 1.0
"""AWS seconds between two calls: after the first throttled answer, and at most."""
HALF_LIFE = 10.0
FORGOTTEN = FIRST / 4
QUIET = 0.5
"""AWS seconds in which several throttled answers count as one: they came from the same burst."""
PATIENCE = 2.0
"""Real seconds that a call waits at most; a longer queue ends the attempt, and the step comes back later."""
BUDGET = 10.0
"""Real seconds that all calls of one attempt wait at most: far below the time a task may take."""
READ_EVERY = 1.0

RAISE = """
INSERT INTO vending_throttle AS t (key, pace, raised_at, next_at) VALUES (%(key)s, %(first)s, %(now)s, %(now)s)
ON CONFLICT (key) DO UPDATE SET raised_at = %(now)s,
    pace = least(%(longest)s, greatest(%(first)s, 2 * t.pace * power(0.5, extract(epoch FROM %(now)s - t.raised_at)
        / %(half)s)))
WHERE t.raised_at < %(quiet)s
"""
RESERVE = """
UPDATE vending_throttle SET next_at = greatest(next_at, %(now)s) + make_interval(secs => %(gap)s)
WHERE key = %(key)s AND next_at < %(latest)s RETURNING next_at - make_interval(secs => %(gap)s)
"""


class SharedPace:
    """What a client asks before each call, and tells of each throttled answer. Safe for threads."""

    def __init__(self) -> None:
        self._known: dict[str, Throttle] = {}
        self._read_at = -math.inf

    def before(self, service: str, operation: str) -> None:
        """Wait for this call's turn. Raises Fault (transient) when that would take too long."""
        if not settings.TIME_SCALE:
            return
        try:
            self._take_turn(family(service, operation))
        except (DatabaseError, InterfaceError) as problem:
            log.warning("pace.unknown", problem=type(problem).__name__)  # a call too fast is better than none

    def throttled(self, service: str, operation: str) -> None:
        """AWS asked to slow down: everybody does."""
        if not settings.TIME_SCALE:
            return
        now = clock.now()
        values: dict[str, str | float | datetime] = {
            "key": family(service, operation), "first": FIRST, "longest": LONGEST, "now": now,
            "half": clock.scaled(HALF_LIFE).total_seconds(), "quiet": now - clock.scaled(QUIET),
        }  # fmt: skip
        try:
            with connection.cursor() as cursor:
                cursor.execute(RAISE, values)
        except (DatabaseError, InterfaceError) as problem:
            log.warning("pace.not_shared", problem=type(problem).__name__)
        self._read_at = -math.inf

    def _take_turn(self, key: str) -> None:
        gap = self._gap(key)
        if not gap:
            return
        now, calls = clock.now(), current_calls()
        left = PATIENCE if calls is None else min(PATIENCE, BUDGET - calls.waited)
        latest = now + timedelta(seconds=max(left, 0))
        with connection.cursor() as cursor:
            cursor.execute(RESERVE, {"key": key, "now": now, "gap": gap, "latest": latest})
            turn = cursor.fetchone()
        if turn is None:
            aws_seconds = PATIENCE / clock.scaled(1).total_seconds()
            raise Fault(
                Kind.TRANSIENT, "Paced", THROTTLED_SENTENCE, f"Others call {key} too.", throttled=True,
                retry_after=math.ceil(min(aws_seconds, LONGEST * 10)),
            )  # fmt: skip
        wait = max(0.0, (turn[0] - now).total_seconds())
        if calls is not None:
            calls.waited += wait
        time.sleep(wait)

    def _gap(self, key: str) -> float:
        """How many real seconds calls stay apart now; 0 when nothing slows them."""
        if time.monotonic() - self._read_at > READ_EVERY:
            self._read_at = time.monotonic()
            self._known = {row.key: row for row in Throttle.objects.all()}
        row = self._known.get(key)
        pace = _now(row, clock.now()) if row else 0.0
        return clock.scaled(pace).total_seconds() if pace > FORGOTTEN else 0.0


def family(service: str, operation: str) -> str:
    """The operations that AWS is taken to throttle together."""
    return f"{service}.{'write' if is_mutating(operation) else 'read'}"


def _now(row: Throttle, moment: datetime) -> float:
    quiet = (moment - row.raised_at).total_seconds() / clock.scaled(HALF_LIFE).total_seconds()
    return float(row.pace * 0.5 ** max(quiet, 0.0))
