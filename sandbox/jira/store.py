"""State in sqlite: small JSON documents by kind and number, some below a parent (comments: an issue)."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Doc = dict[str, Any]

FIRST_ID = {"issue": 10001, "comment": 10001, "change": 10001}

SCHEMA = """
CREATE TABLE IF NOT EXISTS doc (
    kind TEXT NOT NULL, id INTEGER NOT NULL, parent INTEGER NOT NULL, data TEXT NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX IF NOT EXISTS doc_parent ON doc (kind, parent, id);
CREATE TABLE IF NOT EXISTS sequence (kind TEXT PRIMARY KEY, last INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Store:
    """One connection behind one lock: plenty for a sandbox, and every transaction is serial."""

    def __init__(self, folder: Path | None = None) -> None:
        """Keep the state in this folder, or in memory when there is none."""
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(
            folder / "jira.sqlite3" if folder else ":memory:", check_same_thread=False, isolation_level=None
        )
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.executescript(SCHEMA)
        self._lock = threading.RLock()
        self._depth = 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; a transaction inside another one is part of it."""
        with self._lock:
            if not self._depth:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                if self._depth == 1:
                    self._db.execute("ROLLBACK")
                raise
            else:
                if self._depth == 1:
                    self._db.execute("COMMIT")
            finally:
                self._depth -= 1

    def add(self, kind: str, doc: Doc, parent: int = 0) -> Doc:
        """Store a new document; it gets the next number of its kind as `id`. Numbers are never used twice."""
        with self.transaction():
            row = self._db.execute("SELECT last FROM sequence WHERE kind = ?", (kind,)).fetchone()
            number = row[0] + 1 if row else FIRST_ID.get(kind, 1)
            self._db.execute("INSERT OR REPLACE INTO sequence VALUES (?, ?)", (kind, number))
            doc = {**doc, "id": number}
            self._db.execute("INSERT INTO doc VALUES (?, ?, ?, ?)", (kind, number, parent, json.dumps(doc)))
            return doc

    def save(self, kind: str, doc: Doc) -> None:
        with self.transaction():
            self._db.execute("UPDATE doc SET data = ? WHERE kind = ? AND id = ?", (json.dumps(doc), kind, doc["id"]))

    def get(self, kind: str, number: int) -> Doc | None:
        with self._lock:
            row = self._db.execute("SELECT data FROM doc WHERE kind = ? AND id = ?", (kind, number)).fetchone()
        return json.loads(row[0]) if row else None

    def all(self, kind: str, parent: int | None = None) -> list[Doc]:
        """Documents of a kind in the order of their creation, all or those below one parent."""
        query, values = "SELECT data FROM doc WHERE kind = ?", [kind]
        if parent is not None:
            query, values = query + " AND parent = ?", [kind, parent]  # type: ignore[list-item]
        with self._lock:
            rows = self._db.execute(query + " ORDER BY id", values).fetchall()
        return [json.loads(row[0]) for row in rows]

    def delete(self, kind: str, number: int) -> None:
        with self.transaction():
            self._db.execute("DELETE FROM doc WHERE kind = ? AND id = ?", (kind, number))

    def setting(self, name: str, default: str) -> str:
        with self._lock:
            row = self._db.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return row[0] if row else default

    def set_setting(self, name: str, value: str) -> None:
        with self.transaction():
            self._db.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))

    def clear(self) -> None:
        """Back to an empty Jira."""
        with self.transaction():
            for table in ("doc", "setting"):
                self._db.execute(f"DELETE FROM {table}")
            # A delivery still under way must not come back as the first one of the new state.
            self._db.execute("DELETE FROM sequence WHERE kind != 'delivery'")

    def close(self) -> None:
        with self._lock:
            self._db.close()
