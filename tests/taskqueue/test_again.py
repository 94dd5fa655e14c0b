"""Messages sent again: at once when a row is late, ever more rarely while it stays late."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.conf import settings
from django_q.models import OrmQ

from taskqueue import again, clock
from taskqueue.again import send_again
from taskqueue.models import Reminder
from taskqueue.services import forget_reminders

pytestmark = pytest.mark.django_db
TASK = "vending.tasks.advance"
BEGAN = clock.now()


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch):
    """Set the clock to so many seconds after the beginning."""

    def set_clock(seconds: float) -> datetime:
        moment = BEGAN + timedelta(seconds=seconds)
        monkeypatch.setattr(clock, "now", lambda: moment)
        return moment

    return set_clock


def test_a_row_that_stays_late_for_an_hour_gets_few_messages(at) -> None:
    sent = []
    for seconds in range(5, 3600, 5):
        at(seconds)
        if send_again(TASK, {1: BEGAN}):
            sent.append(seconds)
    assert sent[:5] == [5, 10, 20, 40, 75]
    assert len(sent) == OrmQ.objects.count() < 14
    assert max(after - before for before, after in pairwise(sent)) <= again.LONGEST.total_seconds()


def test_a_row_that_moved_on_and_is_late_anew_gets_its_message_at_once(at) -> None:
    for seconds in range(5, 600, 5):
        at(seconds)
        send_again(TASK, {1: BEGAN})
    due = BEGAN + timedelta(seconds=595)
    at(600)
    assert send_again(TASK, {1: due}) == 1
    at(603)
    assert send_again(TASK, {1: due}) == 0
    at(605)
    assert send_again(TASK, {1: due}) == 1


def test_each_row_and_each_task_has_its_own_time(at) -> None:
    at(5)
    assert send_again(TASK, {1: BEGAN}) == 1
    assert send_again(TASK, {1: BEGAN, 2: BEGAN}) == 1
    assert send_again("audit.tasks.deliver", {1: BEGAN}) == 1


def test_what_is_over_is_forgotten(at) -> None:
    at(5)
    send_again(TASK, {1: BEGAN})
    at(3600)
    assert forget_reminders() == 0
    at(3700)
    assert forget_reminders() == 1
    assert not Reminder.objects.exists()
    assert "taskqueue.services.forget_reminders" in settings.SWEEPS
