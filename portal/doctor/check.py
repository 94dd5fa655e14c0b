"""Running checks: each by itself, none longer than it may, and what breaks is said and ends nothing else."""

import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue

from django.db import connections
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from portal.doctor.finding import Finding, State, failed
from portal.doctor.secrets import redact

logger = logging.getLogger(__name__)
SECONDS = 20.0


@dataclass(frozen=True)
class Check:
    """One look at one thing.

    `apart`: it talks to somebody over a network, so it runs in a thread that is left behind after `seconds`; it
    must not touch the database. `gate`: when it fails, the rest of its side cannot be looked at.
    """

    title: str
    look: Callable[[], Iterable[Finding]]
    apart: bool = False
    gate: bool = False
    seconds: float = SECONDS


class Clock:
    """How long there is for everything together, in seconds."""

    def __init__(self, seconds: float = 300.0) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        return max(0.0, self._end - time.monotonic())


def run(checks: Iterable[Check], clock: Clock | None = None) -> Iterator[Finding]:
    """What the checks find, in their order; those that run apart run at the same time."""
    clock = clock or Clock()
    waiting = list(checks)
    while waiting and waiting[0].gate:
        gate = waiting.pop(0)
        found = _started(gate)(clock)
        yield from found
        if any(each.state is State.FAILED for each in found):
            if waiting:
                yield _not_looked_at(waiting)
            return
    for finish in [_started(check) for check in waiting]:
        yield from finish(clock)


def _started(check: Check) -> Callable[[Clock], list[Finding]]:
    """Starts a check that runs apart at once, another one when its result is asked for."""
    if not check.apart:
        return lambda clock: _clean(_looked(check))
    box: SimpleQueue[list[Finding]] = SimpleQueue()
    language = get_language() or "en"  # a thread does not know whose look this is
    started = time.monotonic()

    def work() -> None:
        try:
            with override(language):
                box.put(_looked(check))
        finally:
            connections.close_all()

    threading.Thread(target=work, name=f"doctor: {check.title}", daemon=True).start()

    def finish(clock: Clock) -> list[Finding]:
        left = check.seconds - (time.monotonic() - started)
        try:
            return _clean(box.get(timeout=max(0.01, min(left, clock.left()))))
        except Empty:
            return [_too_slow(check)]

    return finish


def _looked(check: Check) -> list[Finding]:
    try:
        return list(check.look())
    except Exception as problem:  # noqa: BLE001 whatever breaks in one check must not hide the others
        told = redact("".join(traceback.format_exception(problem)))
        logger.error("The check “%s” broke.\n%s", check.title, told)
        kind = type(problem).__name__
        return [failed(check.title, _("the check itself broke ({kind})").format(kind=kind), _broke())]


def _broke() -> str:
    return _("Read the log for the place, and report it as a defect of the portal.")


def _too_slow(check: Check) -> Finding:
    seen = _("no answer within {seconds} s").format(seconds=round(check.seconds))
    return failed(check.title, seen, _("Is it reachable from this host (network, proxy, firewall)? Then try again."))


def _not_looked_at(checks: list[Check]) -> Finding:
    names = ", ".join(check.title for check in checks)
    seen = _("not looked at: {names}").format(names=names)
    return Finding(_("the rest"), State.WARNING, seen, _("Mend what failed above first."))


def _clean(findings: list[Finding]) -> list[Finding]:
    return [
        replace(each, what=redact(each.what), seen=redact(each.seen), advice=redact(each.advice)) for each in findings
    ]
