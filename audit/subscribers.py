"""Who is told of events. The registry is literal: AUDIT_SUBSCRIBERS, name → dotted path of a class."""

from collections.abc import Mapping
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from audit.models import Event


class Subscriber(Protocol):
    """Something outside the portal that is told of events."""

    def wants(self, event: Event) -> bool:
        """Whether this event concerns the subscriber."""

    def stream(self, event: Event) -> str:
        """The name within which order is kept; empty when order does not matter."""

    def send(self, event: Event, *, first_attempt: bool) -> str:
        """Send the event and return what the receiver calls it.

        `first_attempt` is False when an earlier attempt may have reached the receiver: look first.
        Raises NotNow when it may succeed later, Refused when it never will.
        """


class NotNow(Exception):
    """The receiver cannot take it now. `after` is its own wish for the wait, in seconds, if it named one."""

    def __init__(self, problem: str, *, after: float | None = None) -> None:
        super().__init__(problem)
        self.after = after


class Refused(Exception):
    """The receiver will never take it; a person must look."""


class Unneeded(Exception):
    """There is nothing to say any more; the delivery is skipped with this reason."""


@cache
def _loaded(registry: tuple[tuple[str, str], ...]) -> Mapping[str, Subscriber]:
    return {name: import_string(path)() for name, path in registry}


def active() -> Mapping[str, Subscriber]:
    """The subscribers of this installation by name."""
    return _loaded(tuple(settings.AUDIT_SUBSCRIBERS.items()))
