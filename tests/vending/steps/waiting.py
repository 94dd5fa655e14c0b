"""Waits, seen from the outside: AWS takes its time, and then the time has passed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from taskqueue import clock
from taskqueue.queue import enqueue
from tests.vending.steps.account import ReadyAccount
from vending.models import StepRun


@contextmanager
def slow(account: ReadyAccount, settings: Any) -> Iterator[None]:
    """While inside, AWS needs its time and the portal's waits last: nothing ends during a test."""
    account.aws.control.change_settings(time_scale=1.0)
    settings.TIME_SCALE = 1.0
    try:
        yield
    finally:
        account.aws.control.change_settings(time_scale=0)
        settings.TIME_SCALE = 0.0


def later(account: ReadyAccount, row: StepRun) -> StepRun:
    """The row after its wait has ended."""
    StepRun.objects.filter(pk=row.pk).update(due_at=clock.now())
    enqueue("vending.tasks.advance", row.pk)
    account.drain()
    row.refresh_from_db()
    return row
