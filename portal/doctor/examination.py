"""All sides looked at, one after the other."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.doctor import aws, database, jira, queue
from portal.doctor.check import Check, Clock, run
from portal.doctor.finding import Finding


@dataclass(frozen=True)
class Side:
    """What belongs together: its name for scripts, its title for people, its checks."""

    name: str
    title: str | Promise
    checks: Callable[[], Iterable[Check]]


SIDES = (
    Side("database", _("Database"), database.checks),
    Side("queue", _("Queue"), queue.checks),
    Side("aws", "AWS", aws.checks),
    Side("jira", "Jira", jira.checks),
)


def examine(names: Iterable[str] = (), *, seconds: float = 300.0) -> Iterator[tuple[Side, list[Finding]]]:
    """Each side with what was found there; all of them without names. `seconds` are for all together."""
    wanted, clock = set(names), Clock(seconds)
    for side in SIDES:
        if not wanted or side.name in wanted:
            yield side, list(run(side.checks(), clock))
