"""Fill an empty, migrated database as if the portal had been at work for a year.

python -m benchmarks.seed [--accounts 20000] [--requests 25000] [--steps 500000] [--events 2000000] [--scale 0.01]

The database is DATABASE_URL's (none: the embedded one). Rows keep every constraint and foreign key, and look as if
the engine had written them, with two exceptions: lead times are drawn, not worked out from the attempts, and only
the first --sealed events get their seal (a worker that runs on this database seals the rest in its rounds).
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STATEMENTS = Path(__file__).with_suffix(".sql")
TABLES = "vending_%", "audit_%", "compliance_%", "jira_bridge_%"
BULKY = "audit_event", "vending_stepattempt", "vending_steprun", "vending_awscallrecord"


@dataclass(frozen=True)
class Sizes:
    """How many rows of each kind; events are shared out evenly over the requests."""

    accounts: int = 20_000
    requests: int = 25_000
    steps: int = 500_000
    events: int = 2_000_000
    sealed: int = 20_000

    def scaled(self, scale: float) -> "Sizes":
        return Sizes(*(max(round(size * scale), 100) for size in (self.accounts, self.requests)),
                     *(max(round(size * scale), 1000) for size in (self.steps, self.events, self.sealed)))  # fmt: skip


def seed(sizes: Sizes, *, told: Any = None) -> None:
    """Seed the database of this Django; `told` gets a line about each step. Raises SystemExit if it is not empty."""
    from django.db import connection, transaction

    from vending.models import AccountRequest

    if AccountRequest.objects.exists():
        raise SystemExit("This database has requests already. Seed an empty one: nothing here is ever overwritten.")
    values = _values(sizes)
    began = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor, _without_indexes(cursor):
        for statement in STATEMENTS.read_text().split(";\n\n"):
            cursor.execute(statement, values)
            _tell(told, began, _subject(statement), cursor.rowcount)
        _move_sequences(cursor)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        _tell(told, began, "foreign keys and indexes", -1)
    _seal(sizes.sealed)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    _tell(told, began, "seals, statistics", -1)


def _values(sizes: Sizes) -> dict[str, Any]:
    from taskqueue import clock
    from vending.models import Baseline
    from vending.steps import registry

    baseline = Baseline.objects.order_by("-version").first()
    if baseline is None:
        raise SystemExit("There is no baseline: run manage.py migrate first.")
    still_open = max(20, sizes.requests // 125)
    vended = min(sizes.accounts * 17 // 20, (sizes.requests - still_open) * 7 // 10)
    runs = vended + still_open * 7 // 20
    each = min(len(registry.STEPS), max(5, sizes.steps // runs))
    plan = [
        {"step": step.name, "title": step.title, "position": position, "needs": [need.name for need in step.needs]}
        for position, step in enumerate(registry.in_order()[:each])
    ]
    return {
        "now": clock.now(), "requests": sizes.requests, "open": still_open, "vended": vended,
        "adopted": sizes.accounts - vended, "baseline": baseline.pk, "each": each, "plan": json.dumps(plan),
        "titles": [step["title"] for step in plan], "repairs": max(0, sizes.steps - runs * each) // each,
        "waves": max(1, vended // 8), "events_each": max(5, sizes.events // sizes.requests),
    }  # fmt: skip


@contextmanager
def _without_indexes(cursor: Any) -> Iterator[None]:
    """The plain indexes of the largest tables, made anew afterwards: that takes a third of the time."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexname NOT IN"
        " (SELECT conname FROM pg_constraint)",
        [list(BULKY)],
    )
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    for _, definition in indexes:
        cursor.execute(definition)


def _move_sequences(cursor: Any) -> None:
    """Requests got their ids from the file; the next one from a person must not meet them."""
    cursor.execute(
        "SELECT setval(pg_get_serial_sequence('vending_accountrequest', 'id'), max(id)) FROM vending_accountrequest"
    )


def _seal(most: int) -> None:
    from audit.sealing import seal as seal_events

    done = 0
    while done < most:
        sealed = seal_events(limit=min(5000, most - done))
        if not sealed:
            return
        done += sealed


def _subject(statement: str) -> str:
    words = statement.split()
    return words[words.index("INTO") + 1] if "INTO" in words else "preparation"


def _tell(told: Any, began: float, what: str, rows: int) -> None:
    if told:
        count = f"{rows:,} rows" if rows >= 0 else ""
        print(f"{time.monotonic() - began:6.1f} s  {what:30} {count}", file=told, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.seed")
    full = Sizes()
    for name in ("accounts", "requests", "steps", "events", "sealed"):
        parser.add_argument(f"--{name}", type=int, default=getattr(full, name))
    parser.add_argument("--scale", type=float, default=1.0, help="a share of these sizes, for a quick look")
    options = parser.parse_args()
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    sizes = Sizes(options.accounts, options.requests, options.steps, options.events, options.sealed)
    seed(sizes if options.scale == 1 else sizes.scaled(options.scale), told=sys.stderr)


if __name__ == "__main__":
    main()
