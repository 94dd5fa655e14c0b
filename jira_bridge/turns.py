"""One writer for each ticket at a time, over all workers and hosts.

Jira limits the writes to one issue (about twenty in two seconds) and answers 409 to those that meet. Comments, progress
and marks of a ticket are deliveries of their own and may be due at the same moment: they take turns.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

from audit.subscribers import NotNow

_OURS = 0x6A697261  # the first key of our advisory locks; any number that nothing else uses
_LONGEST_WAIT = 5  # seconds
LONGEST_TURN = 45
"""Seconds that its transaction may be open: the wait for the turn, and all calls of one delivery (channels.SECONDS)."""


@contextmanager
def turn_at(ticket: str) -> Iterator[None]:
    """Be the only one who writes to the ticket. Raises NotNow where somebody else takes too long.

    The lock ends with its transaction, so it holds behind a connection pooler too and outlives no worker. The price is
    a transaction that is idle while Jira is asked: docs/operations.md says what that asks of PostgreSQL's limits.
    """
    with transaction.atomic():
        _lock(ticket)
        yield


def _lock(ticket: str) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{_LONGEST_WAIT}s'")
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_OURS, ticket])
    except OperationalError as busy:
        raise NotNow("Another message is being written into this ticket.", after=1) from busy
