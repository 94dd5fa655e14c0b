"""What one look of the doctor found."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    OK = "ok", _("ok")
    WARNING = "warning", _("warning")
    FAILED = "failed", _("failed")

    @property
    def colour(self) -> str:
        return {"ok": "success", "warning": "warning", "failed": "danger"}[self.value]


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, what was seen, and what to do when it is not well."""

    what: str
    state: State
    seen: str
    advice: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"state": self.state.value}


def ok(what: str, seen: str) -> Finding:
    return Finding(what, State.OK, seen)


def warning(what: str, seen: str, advice: str) -> Finding:
    return Finding(what, State.WARNING, seen, advice)


def failed(what: str, seen: str, advice: str) -> Finding:
    return Finding(what, State.FAILED, seen, advice)


def some(names: list[str], shown: int = 4) -> str:
    """The first names of a list, for one line."""
    return ", ".join(names[:shown]) + (" …" if len(names) > shown else "")
