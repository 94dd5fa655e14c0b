"""Rules that the database keeps: allowed transitions and append-only rows."""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

import pgtrigger

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


def transitions(table: Mapping[Any, Iterable[Enum]]) -> pgtrigger.FSM:
    """A trigger that refuses every change of `status` that the table does not name."""
    pairs = [(str(old.value), str(new.value)) for old, news in table.items() for new in news]
    return pgtrigger.FSM(name="status_transitions", field="status", transitions=pairs)
