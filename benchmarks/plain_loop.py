"""The floor: a loop without engine, queue, leases or events, one committed row for each step."""

import time

import psycopg
from django.db import connection

TABLE = "CREATE TABLE IF NOT EXISTS bench_step (id bigserial PRIMARY KEY, run bigint, step text, done_at timestamptz)"
INSERT = "INSERT INTO bench_step (run, step, done_at) VALUES (%s, %s, now())"


def raw(url: str, steps: int) -> float:
    """Steps a second with bare SQL, one commit each."""
    with psycopg.connect(url, autocommit=True) as link:
        link.execute(TABLE)
        began = time.monotonic()
        for number in range(steps):
            link.execute(INSERT, (number // 12, f"empty_{number % 12}"))
        return steps / (time.monotonic() - began)


def django(steps: int) -> float:
    """Steps a second with Django's ORM: an Event row each, which is what a step must leave behind at least."""
    from audit.models import Event
    from taskqueue import clock

    connection.ensure_connection()
    began = time.monotonic()
    for number in range(steps):
        Event.objects.create(
            at=clock.now(), actor_kind="system", actor="loop", action="step.succeeded", summary="It is there.",
            target_kind="step", target_id=number,
        )  # fmt: skip
    return steps / (time.monotonic() - began)
