"""Gates: an AWS limit that all runs share."""

from datetime import timedelta

import pytest
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from taskqueue import clock
from taskqueue.queue import enqueue
from tests.vending.engine.world import GAS, Made, install, run_of, step
from vending.choices import StepStatus
from vending.engine import gates
from vending.engine.step import Done, Gate, Wait
from vending.engine.sweeper import sweep
from vending.models import GatePlace, StepRun
from vending.services import cancel_run, hold_run

pytestmark = pytest.mark.django_db
GATE = Gate("test-gate", "AWS does two at once", "TEST_GATE_CAPACITY")


@pytest.fixture
def slow(monkeypatch, settings):
    """A step behind the gate that AWS works on until the test says it is over."""
    settings.TEST_GATE_CAPACITY = 2
    over: set[str] = set()
    inside: list[str] = []

    def act(self, ctx):
        ticket = ctx.wanted.ticket
        if ticket not in inside:
            inside.append(ticket)
        if ticket not in over:
            return Wait(3600, "AWS works on it.", woken=True)
        self.world.add(self._thing(ctx))
        return Done("Made it.")

    slow = step("slow", act=act, gate=GATE)
    slow.over, slow.inside = over, inside
    install(monkeypatch, slow)
    settings.TIME_SCALE = 1.0
    return slow


def come_back(*runs):
    for run in runs:
        gates.wake(run.steps.get())


def test_no_more_than_the_capacity_are_inside(slow, drain):
    for number in range(5):
        run_of(slow, ticket=f"AVM-{number}")
    drain()
    assert slow.inside == ["AVM-0", "AVM-1"]
    assert GatePlace.objects.filter(slot__isnull=True).count() == 3
    assert "Waiting its turn" in StepRun.objects.get(run__request__ticket="AVM-4").waiting_for


def test_who_was_approved_first_goes_first(slow, drain):
    runs = [run_of(slow, ticket=f"AVM-{number}") for number in range(4)]
    drain()
    come_back(runs[3])  # the last one asks again, out of turn
    slow.over.add("AVM-0")
    come_back(runs[0])
    drain()
    assert slow.inside == ["AVM-0", "AVM-1", "AVM-2"]


def test_two_who_leave_at_once_make_room_for_two(slow, drain):
    runs = [run_of(slow, ticket=f"AVM-{number}") for number in range(4)]
    drain()
    slow.over.update({"AVM-0", "AVM-1"})
    come_back(*runs[:2])  # both leave before the one they wake has come in
    drain()
    assert slow.inside == ["AVM-0", "AVM-1", "AVM-2", "AVM-3"]


def test_a_wake_up_that_met_its_step_just_looking_is_made_up_for_by_the_sweeper(slow, drain):
    runs = [run_of(slow, ticket=f"AVM-{number}") for number in range(4)]
    drain()
    GatePlace.objects.filter(step_run__run=runs[0]).delete()  # left, and nobody was woken
    assert sweep() == 1
    drain()
    assert slow.inside == ["AVM-0", "AVM-1", "AVM-2"]
    assert sweep() == 0


def test_whose_turn_it_is_goes_before_all_that_is_due(slow, drain):
    runs = [run_of(slow, ticket=f"AVM-{number}") for number in range(3)]
    drain()
    enqueue("vending.tasks.preflight", 1)
    gates.leave(runs[0].steps.get())
    first = OrmQ.objects.filter(lock__lte=clock.now()).order_by("lock").first()
    assert SignedPackage.loads(first.payload)["args"] == (runs[2].steps.get().pk,)


def test_waiting_for_a_turn_uses_up_no_patience(slow, drain):
    runs = [run_of(slow, ticket=f"AVM-{number}") for number in range(3)]
    drain()
    StepRun.objects.update(started_at=clock.now() - timedelta(hours=5))
    GatePlace.objects.filter(slot__isnull=False).update(entered_at=clock.now())
    slow.over.add("AVM-0")
    come_back(*runs)
    drain()
    assert set(StepRun.objects.filter(run__in=runs[1:]).values_list("status", flat=True)) == {StepStatus.WAITING}


def test_inside_a_gate_patience_ends_as_elsewhere(slow, drain):
    run = run_of(slow)
    drain()
    long_ago = clock.now() - timedelta(hours=5)
    StepRun.objects.update(started_at=long_ago)
    GatePlace.objects.update(entered_at=long_ago)
    come_back(run)
    drain()
    assert run.steps.get().problem_code == "OutOfPatience"


def test_everybody_gets_through(slow, drain):
    runs = [run_of(slow, ticket=f"AVM-{number}") for number in range(5)]
    for number, run in enumerate(runs):
        drain()
        slow.over.add(f"AVM-{number}")
        come_back(run)
    drain()
    assert set(StepRun.objects.values_list("status", flat=True)) == {StepStatus.SUCCEEDED}
    assert GatePlace.objects.count() == 0


def test_a_failed_step_gives_its_slot_to_the_next(monkeypatch, settings, drain):
    settings.TEST_GATE_CAPACITY = 1

    def act(self, ctx):
        from vending.aws.errors import Fault, Kind

        self.acts.append(ctx.wanted.ticket)
        if ctx.wanted.ticket == "AVM-0":
            raise Fault(Kind.PERMANENT, "X", "No.")
        return Made.act(self, ctx)

    one = step("one", act=act, gate=GATE)
    install(monkeypatch, one)
    first, second = run_of(one, ticket="AVM-0"), run_of(one, ticket="AVM-1")
    drain()
    assert first.steps.get().status == StepStatus.FAILED
    assert second.steps.get().status == StepStatus.SUCCEEDED


def test_a_run_on_hold_does_not_block_those_behind_it(slow, drain):
    runs = [run_of(slow, ticket=f"AVM-{number}") for number in range(4)]
    drain()
    hold_run(run=runs[2], reason="Not now.", actor=GAS)
    slow.over.add("AVM-0")
    come_back(runs[0])
    drain()
    assert slow.inside == ["AVM-0", "AVM-1", "AVM-3"]


def test_a_cancelled_run_gives_its_slot_to_the_next(slow, drain):
    runs = [run_of(slow, ticket=f"AVM-{number}") for number in range(3)]
    drain()
    cancel_run(run=runs[0], reason="Not needed.", actor=GAS)
    drain()
    assert slow.inside == ["AVM-0", "AVM-1", "AVM-2"]


def test_the_database_itself_refuses_a_slot_taken_twice(slow, drain):
    from django.db import IntegrityError

    run_of(slow, ticket="AVM-0")
    other = run_of(slow, ticket="AVM-1")
    drain()
    with pytest.raises(IntegrityError):
        GatePlace.objects.filter(step_run__run=other).update(slot=0)
