"""The pulse notices a standstill, and only that."""

import time

import pytest
from django_q.models import OrmQ

from taskqueue import services
from taskqueue.pulse import Pulse

pytestmark = pytest.mark.django_db


def test_one_beat_is_under_way_at_a_time() -> None:
    pulse = Pulse(every=0)
    pulse.tick()
    pulse.tick()
    assert OrmQ.objects.count() == 1


def test_the_next_beat_is_sent_when_the_last_has_arrived() -> None:
    pulse = Pulse(every=0)
    pulse.tick()
    services.record_beat()
    pulse.tick()
    assert OrmQ.objects.count() == 2


def test_a_beat_passes_the_backlog() -> None:
    from taskqueue.queue import enqueue

    enqueue("taskqueue.tasks.beat", 7)
    Pulse().tick()
    newest = OrmQ.objects.latest("id")
    assert OrmQ.objects.order_by("lock").first() == newest


def test_no_arrival_is_a_standstill() -> None:
    pulse = Pulse(stalled_after=0.05)
    pulse.tick()
    assert not pulse.stalled
    time.sleep(0.06)
    assert pulse.stalled


def test_an_arrival_ends_the_suspicion() -> None:
    pulse = Pulse(stalled_after=0.05)
    pulse.tick()
    time.sleep(0.06)
    services.record_beat()
    pulse.tick()
    assert not pulse.stalled


def test_a_database_that_cannot_be_asked_is_no_proof() -> None:
    pulse = Pulse(stalled_after=0.05)
    time.sleep(0.06)
    pulse.excuse()
    assert not pulse.stalled
