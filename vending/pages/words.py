"""Values as people read them."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from vending.content import ContactContent


def in_words(length: timedelta) -> str:
    """A duration as people read it: 42 s, 3 min 20 s, 5 h 10 min, 3 d 4 h."""
    seconds = int(length.total_seconds())
    for size, name, smaller, smaller_name in (
        (86400, "d", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if seconds >= size:
            rest = seconds % size // smaller
            return f"{seconds // size} {name} {rest} {smaller_name}" if rest else f"{seconds // size} {name}"
    return f"{seconds} s"


def as_text(value: Any) -> str:
    """A value of a form, of whatever shape, on one line."""
    if value is None:
        return ""
    if isinstance(value, ContactContent):
        value = asdict(value)
    if isinstance(value, list | tuple):
        return ", ".join(as_text(part) for part in value)
    if isinstance(value, dict):
        return ", ".join(as_text(part) for part in value.values() if part)
    return str(value)
