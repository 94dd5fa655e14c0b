"""The rounds: what brings back work whose message was lost, one host at a time."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)
LOCK = 0x5EEB
"""The advisory lock of the rounds; any number that no other part uses."""


def make_rounds() -> dict[str, int]:
    """Call each of settings.SWEEPS once, unless another host does so now; returns what each found.

    One that fails is logged and does not keep the others from their turn.
    """
    found: dict[str, int] = {}
    with _alone() as alone:
        if not alone:
            return found
        for path in settings.SWEEPS:
            try:
                found[path] = import_string(path)() or 0
            except Exception:
                logger.exception("The sweep %s failed; it is tried again in the next round.", path)
    return found


@contextmanager
def _alone() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        row = cursor.fetchone()
    alone = bool(row and row[0])
    try:
        yield alone
    finally:
        if alone and connection.connection is not None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
