"""Send messages again for rows that are late, without filling a queue that is merely long.

A sweep cannot know whether a message is lost or only waits its turn. It remembers for each row when it sent one again
last, and gives each further one twice the time: of a row that is late for an hour there are ten messages, not 700.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from taskqueue import clock
from taskqueue.queue import enqueue

FIRST = timedelta(seconds=4)
"""From the first message sent again to the second: the next five-second round. A dying worker may take one with it."""
LONGEST = timedelta(minutes=10)
REMEMBER = """
INSERT INTO taskqueue_reminder AS known (task, row_id, since, wait, next_at)
SELECT %(task)s, late.row_id, late.since, %(first)s, %(now)s + %(first)s
FROM unnest(%(rows)s::bigint[], %(since)s::timestamptz[]) AS late (row_id, since)
ON CONFLICT (task, row_id) DO UPDATE SET
    since = EXCLUDED.since,
    wait = CASE WHEN known.since = EXCLUDED.since THEN least(known.wait * 2, %(longest)s) ELSE EXCLUDED.wait END,
    next_at = %(now)s + CASE WHEN known.since = EXCLUDED.since THEN least(known.wait * 2, %(longest)s)
        ELSE EXCLUDED.wait END
WHERE known.since <> EXCLUDED.since OR known.next_at <= %(now)s
RETURNING row_id
"""


@transaction.atomic
def send_again(task: str, late: Mapping[int, datetime], delay: timedelta = timedelta()) -> int:
    """Enqueue `task` for each late row whose time for another message has come; returns how many.

    late: the row's id, and since when it is late. A row that moved on and is late anew has another moment there, and
    gets its message at once. delay: as for enqueue; less than nothing goes before what is due already.
    """
    if not late:
        return 0
    values: dict[str, Any] = {
        "task": task, "rows": list(late), "since": list(late.values()),
        "now": clock.now(), "first": FIRST, "longest": LONGEST,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(REMEMBER, values)
        chosen = {row_id for (row_id,) in cursor.fetchall()}
    for row_id in late:  # in the caller's order: whoever is late the longest comes first
        if row_id in chosen:
            enqueue(task, row_id, delay=delay)
    return len(chosen)
