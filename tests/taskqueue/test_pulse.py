"""The pulse notices a standstill, and only that."""

import time
from datetime import timedelta

import pytest
from django_q.models import OrmQ

from taskqueue import clock, services
from taskqueue.broker import PostgresBroker, host_name
from taskqueue.models import WorkerHost
from taskqueue.pulse import Pulse
from taskqueue.selectors import living_hosts, waiting_messages, wedged_hosts

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(hours=-1)


def arrive() -> None:
    """The beat of this host went all the way."""
    services.record_beat(host_id=WorkerHost.objects.get(name=host_name()).pk)


def test_one_beat_is_under_way_at_a_time() -> None:
    pulse = Pulse(every=0)
    pulse.tick()
    pulse.tick()
    assert OrmQ.objects.count() == 1


def test_a_beat_is_for_the_group_that_the_host_leads_when_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that makes the pulse may still belong to the group of the script that started it."""
    pulse = Pulse(every=0)
    monkeypatch.setattr("taskqueue.broker.os.getpgrp", lambda: 4711)
    pulse.tick()
    assert WorkerHost.objects.get().name.endswith(":4711")
    assert OrmQ.objects.get().key.endswith(":4711")


def test_the_next_beat_is_sent_when_the_last_has_arrived() -> None:
    pulse = Pulse(every=0)
    pulse.tick()
    arrive()
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
    arrive()
    pulse.tick()
    assert not pulse.stalled


def test_a_database_that_cannot_be_asked_is_no_proof() -> None:
    pulse = Pulse(stalled_after=0.05)
    time.sleep(0.06)
    pulse.excuse()
    assert not pulse.stalled


def test_another_hosts_beat_is_no_proof_for_this_one() -> None:
    pulse = Pulse(stalled_after=0.05)
    pulse.tick()
    other = services.report_host(name="elsewhere:1", began=True)
    time.sleep(0.06)
    services.record_beat(host_id=other.pk)
    pulse.tick()
    assert pulse.stalled


def test_a_beat_is_taken_by_its_own_host_only() -> None:
    from taskqueue.queue import enqueue

    enqueue("taskqueue.tasks.beat", 1, delay=LONG_AGO, to="elsewhere:1")
    broker = PostgresBroker(list_key="portal")
    assert broker.dequeue() is None
    enqueue("taskqueue.tasks.beat", 1, delay=LONG_AGO, to=host_name())
    assert len(broker.dequeue() or []) == 1


def test_a_beat_is_no_message_that_waits() -> None:
    Pulse().tick()
    assert waiting_messages() == 0


def test_a_wedged_host_is_named_although_another_one_works() -> None:
    long_ago = clock.now() - timedelta(minutes=10)
    wedged = services.report_host(name="wedged:1", began=True)
    working = services.report_host(name="working:1", began=True)
    WorkerHost.objects.update(started_at=long_ago, beat_at=long_ago)
    services.record_beat(host_id=working.pk)
    assert living_hosts() == [wedged, working]
    assert wedged_hosts() == [wedged]


def test_a_host_that_has_just_begun_is_not_wedged() -> None:
    services.report_host(name="new:1", began=True)
    assert wedged_hosts() == []


def test_a_host_that_is_gone_is_forgotten_with_its_messages() -> None:
    from taskqueue.queue import enqueue

    services.report_host(name="gone:1", began=True)
    enqueue("taskqueue.tasks.beat", 1, to="gone:1")
    WorkerHost.objects.update(seen_at=clock.now() - timedelta(hours=2))
    assert living_hosts() == []
    assert services.forget_hosts() == 1
    assert (WorkerHost.objects.count(), OrmQ.objects.count()) == (0, 0)
