"""What one look of the doctor found."""

from dataclasses import dataclass
from enum import Enum


class State(Enum):
    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, what was seen, and what to do when it is not well."""

    what: str
    state: State
    seen: str
    advice: str = ""


def ok(what: str, seen: str) -> Finding:
    return Finding(what, State.OK, seen)


def warning(what: str, seen: str, advice: str) -> Finding:
    return Finding(what, State.WARNING, seen, advice)


def failed(what: str, seen: str, advice: str) -> Finding:
    return Finding(what, State.FAILED, seen, advice)
