"""The tables in sqlite. Conditions run as SQL, as in the real server: an injected one does its harm here too."""

import re
import sqlite3
import threading
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.identity.schema import TABLES, Table

Row = dict[str, Any]
DUPLICATE = 810017
REFUSED = 810099  # made up: the real numbers of other refusals are not public
PENDING = "SandboxPending"


class Refused(Exception):
    """An error of the business layer: the server answers 500 with its number."""

    def __init__(self, number: int, message: str) -> None:
        self.number = number
        super().__init__(message)


class Missing(Exception):
    """No such table or row: 404."""


class Store:
    """One connection behind one lock: plenty for a sandbox."""

    def __init__(self, folder: Path | None = None) -> None:
        """Keep the state in this folder, or in memory when there is none."""
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(
            folder / "identity.sqlite3" if folder else ":memory:", check_same_thread=False, isolation_level=None
        )
        self._db.row_factory = sqlite3.Row
        self._lock = threading.RLock()
        for name, table in TABLES.items():
            columns = ", ".join(f"{column} COLLATE NOCASE" for column in table.all_columns)
            self._db.execute(
                f"CREATE TABLE IF NOT EXISTS {name} ({columns}, {PENDING} INTEGER NOT NULL DEFAULT 0, "
                f"PRIMARY KEY ({', '.join(table.key)}))"
            )

    @property
    def is_empty(self) -> bool:
        return not self.select("Person")

    def insert(self, name: str, values: Mapping[str, Any], pending: int = 0) -> str:
        """Returns the uid; of an assignment table both, joined by ";". Raises Refused."""
        table = self._table(name)
        row = dict(values)
        if len(table.key) == 1:
            row.setdefault(table.key[0], str(uuid.uuid4()))
        with self._lock:
            self._check(name, table, row, {**dict.fromkeys(table.all_columns), **row})
            if self._find(table, name, [row.get(column) for column in table.key]):
                raise Refused(DUPLICATE, f"{name}: this entry exists already.")
            row[PENDING] = pending
            marks = ", ".join("?" * len(row))
            self._db.execute(f"INSERT INTO {name} ({', '.join(row)}) VALUES ({marks})", list(row.values()))
        return ";".join(str(row[column]) for column in table.key)

    def get(self, name: str, uid: str) -> Row:
        found = self._find(self._table(name), name, uid.split(";"))
        if found is None:
            raise Missing(f"{name} {uid}")
        return found

    def update(self, name: str, uid: str, values: Mapping[str, Any]) -> None:
        table = self._table(name)
        with self._lock:
            old = self.get(name, uid)
            self._check(name, table, values, {**old, **values}, except_for=old)
            sets = ", ".join(f"{column} = ?" for column in values)
            if values:
                self._db.execute(
                    f"UPDATE {name} SET {sets} WHERE {_by_key(table)}", [*values.values(), *uid.split(";")]
                )

    def delete(self, name: str, uid: str) -> None:
        with self._lock:
            self.get(name, uid)
            self._db.execute(f"DELETE FROM {name} WHERE {_by_key(self._table(name))}", uid.split(";"))

    def select(self, name: str, where: str = "", values: Mapping[str, Any] | None = None) -> list[Row]:
        """The rows for which the SQL condition holds, in the order of their creation; `@x` takes values["x"]."""
        self._table(name)
        with self._lock:
            self._db.execute("PRAGMA query_only = ON")  # a condition may be wrong or hostile, but changes nothing
            try:
                condition = f"({where}) AND" if where else ""
                rows = self._db.execute(
                    f"SELECT * FROM {name} WHERE {condition} {PENDING} = 0 ORDER BY rowid", dict(values or {})
                ).fetchall()
            except sqlite3.Error as problem:
                raise Refused(REFUSED, f"Invalid condition: {problem}") from None
            finally:
                self._db.execute("PRAGMA query_only = OFF")
        return [{column: row[column] for column in TABLES[name].all_columns} for row in rows]

    def compute(self, name: str, column: str, uid: str) -> None:
        """One look brings the assignments of one entity that still wait for the DBQueue nearer to being in effect."""
        with self._lock:
            self._db.execute(f"UPDATE {name} SET {PENDING} = {PENDING} - 1 WHERE {column} = ? AND {PENDING} > 0", [uid])

    def clear(self) -> None:
        with self._lock:
            for name in TABLES:
                self._db.execute(f"DELETE FROM {name}")

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def _table(self, name: str) -> Table:
        if name not in TABLES:
            raise Missing(f"There is no table {name}.")
        return TABLES[name]

    def _find(self, table: Table, name: str, key: list[Any]) -> Row | None:
        if len(key) != len(table.key):
            return None
        with self._lock:
            row = self._db.execute(f"SELECT * FROM {name} WHERE {_by_key(table)}", key).fetchone()
        return {column: row[column] for column in table.all_columns} if row else None

    def _check(
        self, name: str, table: Table, given: Mapping[str, Any], row: Row, except_for: Row | None = None
    ) -> None:
        for column in given:
            if column not in table.all_columns or not re.fullmatch(r"\w+", column):
                raise Refused(REFUSED, f"{name} has no column {column}.")
        for column in (*table.key, *table.required):
            if not row.get(column):
                raise Refused(REFUSED, f"{name}: {column} must have a value.")
        if len(str(row.get("ArticleCode") or "")) > 64:
            raise Refused(REFUSED, f"{name}: ArticleCode takes 64 characters.")
        for column, other in table.references:
            if row.get(column) and not self._find(TABLES[other], other, [row[column]]):
                raise Refused(REFUSED, f"{name}: {column} names no {other}.")
        for column in table.unique:
            same = self.select(name, f"{column} = @value", {"value": row.get(column)}) if row.get(column) else []
            if [each for each in same if each != except_for]:
                raise Refused(DUPLICATE, f"{name}: {column} “{row[column]}” exists already.")


def _by_key(table: Table) -> str:
    return " AND ".join(f"{column} = ?" for column in table.key)
