"""Two people at the same moment: the second comes while the first's transaction is still open."""

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

ANEW = "SELECT pg_stat_clear_snapshot()"  # inside a transaction, the view would stay as it was first seen
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def meet(first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """Do the first, and before it is committed the second in a thread; returns what the second returned or raised."""
    outcome: list[Any] = []

    def come() -> None:
        try:
            outcome.append(second())
        except Exception as error:  # noqa: BLE001 - whatever it raised is what the test looks at
            outcome.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=come)
    with transaction.atomic():
        first()
        thread.start()
        patience = time.monotonic() + 5
        while thread.is_alive() and not _waits() and time.monotonic() < patience:
            time.sleep(0.02)
    thread.join()
    return outcome[0]


def _waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(ANEW)
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])
