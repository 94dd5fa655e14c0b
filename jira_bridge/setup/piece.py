"""One thing that the portal wants in Jira, and how it stands there."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """How a piece stands. Only what is missing is ever made; what differs is shown and left alone."""

    THERE = "there", _("there")
    MISSING = "missing", _("to be made")
    DIFFERS = "differs", _("differs")
    BLOCKED = "blocked", _("not possible")
    MADE = "made", _("made")
    REFUSED = "refused", _("refused")


@dataclass(frozen=True)
class Piece:
    """`found` says what is there or why it cannot be made; `wanted` what will be, one line each.

    `make` does it and returns what was made; it is there only with the state MISSING.
    """

    name: str
    state: State
    found: str = ""
    wanted: tuple[str, ...] = field(default=())
    make: Callable[[], str] | None = None


def there(name: str, found: str) -> Piece:
    return Piece(name, State.THERE, found)


def missing(name: str, make: Callable[[], str], *wanted: str) -> Piece:
    return Piece(name, State.MISSING, "", wanted, make)


def differs(name: str, found: str, *wanted: str) -> Piece:
    return Piece(name, State.DIFFERS, found, wanted)


def blocked(name: str, why: str) -> Piece:
    return Piece(name, State.BLOCKED, why)
