"""A row and its message in one statement: one trip to the database and one commit, where every millisecond counts."""

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction

from taskqueue import clock, queue
from taskqueue.broker import PostgresBroker, wake_after_commit


def insert_and_enqueue(insert: str, values: Mapping[str, Any], *, task: str, row: str) -> bool:
    """Run `insert`, which ends in ON CONFLICT DO NOTHING RETURNING id, and ask a worker to call `task` with `row`.

    insert: SQL with named placeholders for `values`. row: what names the row and is known before its id.
    Returns False, and sends nothing, when a row of the same key was there already.
    """
    broker = queue.broker_in_use()
    if isinstance(broker, PostgresBroker):
        return _together(broker, insert, values, queue.signed(task, row))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(insert, values)
        stored = cursor.fetchone() is not None
        if stored:
            queue.enqueue(task, row)
        return stored


def _together(broker: PostgresBroker, insert: str, values: Mapping[str, Any], message: str) -> bool:
    statement = f"""
    WITH stored AS ({insert})
    INSERT INTO django_q_ormq (key, payload, lock) SELECT %(_key)s, %(_message)s, %(_due)s FROM stored RETURNING id
    """  # noqa: S608 - our own statements only; every value is a parameter
    sending: dict[str, Any] = {"_key": broker.shared_key, "_message": message, "_due": clock.now()}
    broker.get_connection()
    with connection.cursor() as cursor:
        cursor.execute(statement, {**values, **sending})
        stored = cursor.fetchone() is not None
    if stored:
        wake_after_commit()
    return stored
