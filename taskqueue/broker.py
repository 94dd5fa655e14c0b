"""django-q2's ORM broker, taught three things by PostgreSQL.

Messages are claimed with SKIP LOCKED, so that many clusters share one queue without doubles; a message with
a future `lock` waits until then; and NOTIFY wakes an idle cluster after the commit instead of at its next poll.
"""

import os
import socket
from datetime import timedelta
from typing import Any

import psycopg
from django.db import connections, transaction
from django_q.brokers.orm import ORM
from django_q.conf import Conf

from taskqueue import clock

CHANNEL = "portal_queue"
FOR_HOST = "@"

SEND = "INSERT INTO django_q_ormq (key, payload, lock) VALUES (%s, %s, %s) RETURNING id"
CLAIM = """
UPDATE django_q_ormq SET lock = now() + make_interval(secs => %(retry)s)
WHERE id IN (
    SELECT id FROM django_q_ormq WHERE key = ANY(%(keys)s) AND lock <= now()
    ORDER BY lock LIMIT %(bulk)s FOR UPDATE SKIP LOCKED
) RETURNING id, payload
"""
NEXT_DUE = """
SELECT extract(epoch FROM min(lock) - now()) FROM django_q_ormq WHERE key = %s AND lock > now()
"""


def wake_after_commit() -> None:
    """Wake an idle cluster when the caller's transaction has committed; at once where there is none.

    Not inside the transaction: PostgreSQL lets transactions that notify commit only one after another, each with
    its own wait for the disk. A wake-up that is lost costs one poll.
    """
    transaction.on_commit(_wake, using=Conf.ORM, robust=True)


def _wake() -> None:
    with connections[Conf.ORM].cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")


def host_name() -> str:
    """This worker host: its machine and its process group, which every process of its cluster shares."""
    return f"{socket.gethostname()[:60]}:{os.getpgrp()}"


class PostgresBroker(ORM):
    """The broker of `Q_CLUSTER["broker_class"]`; every method it does not name is django-q2's own."""

    @property
    def shared_key(self) -> str:
        """The key of messages that any host may take."""
        return str(self.list_key or Conf.CLUSTER_NAME)

    def enqueue(self, task: str) -> int:
        """Put a signed message into the queue, in the caller's transaction."""
        return self.enqueue_later(task, delay=timedelta(0))

    def enqueue_later(self, task: str, *, delay: timedelta, to: str = "") -> int:
        """Put a signed message into the queue that nobody sees before `delay` is over; `to`: for that host alone."""
        self.get_connection()
        with connections[Conf.ORM].cursor() as cursor:
            key = f"{self.shared_key}{FOR_HOST}{to}" if to else self.shared_key
            cursor.execute(SEND, [key, task, clock.now() + delay])
            sent = int(cursor.fetchone()[0])
        if delay.total_seconds() < Conf.POLL:  # later ones are found by polling
            wake_after_commit()
        return sent

    def dequeue(self) -> list[tuple[int, str]] | None:
        """Claim up to `bulk` due messages; with none due, wait for a wake-up, a due message or the poll."""
        self.get_connection()
        with connections[Conf.ORM].cursor() as cursor:
            cursor.execute(CLAIM, {"retry": Conf.RETRY, "keys": self._keys(), "bulk": Conf.BULK})
            claimed = cursor.fetchall()
            if claimed:
                return claimed
            cursor.execute(NEXT_DUE, [self.list_key])
            due_in = cursor.fetchone()[0]
        self._wait(min(float(due_in), Conf.POLL) if due_in is not None else Conf.POLL)
        return None

    def _keys(self) -> list[str]:
        """The queue of all hosts, and what is for this host alone."""
        return [self.list_key, f"{self.list_key}{FOR_HOST}{host_name()}"]

    def _wait(self, seconds: float) -> None:
        """Sleep until somebody notifies, at most `seconds`.

        A message that came between the claim and LISTEN is found at the next poll; LISTEN stays on for
        the life of the connection, so that happens once.
        """
        listener = self._listener()
        for _ in listener.notifies(timeout=max(seconds, 0.005), stop_after=1):
            pass

    def _listener(self) -> "psycopg.Connection[Any]":
        listener = getattr(self, "_listening", None)
        if listener is None or listener.closed or listener.broken:
            parameters = connections[Conf.ORM].get_connection_params()
            kept = {k: v for k, v in parameters.items() if k in CONNECTION_PARAMETERS}
            listener = psycopg.connect(**kept, autocommit=True)
            listener.execute(f"LISTEN {CHANNEL}")
            self._listening = listener
        return listener


CONNECTION_PARAMETERS = {
    "dbname", "user", "password", "host", "port", "service", "sslmode", "sslrootcert", "sslcert", "sslkey",
    "target_session_attrs", "connect_timeout",
}  # fmt: skip
