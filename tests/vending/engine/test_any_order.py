"""The engine under any order of events: messages lost, doubled and late, workers that die, faults, and people.

A hypothesis state machine with a clock of its own and a scheduler that hypothesis seeds. Whatever happens, the
invariants hold; and once the world is well again, every run that nobody cancelled ends.
"""

import pydoc
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django_q.models import OrmQ
from django_q.signing import SignedPackage
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from audit.models import Event
from taskqueue import clock
from tests.vending.engine.world import GAS, Made, install, run_of, step
from vending import services
from vending.aws.errors import Fault, Kind
from vending.choices import DONE_STEP, RunStatus, StepStatus
from vending.engine import lease, sweeper
from vending.engine.advance import advance
from vending.engine.step import Done, Gate, Wait
from vending.models import GatePlace, Run, StepRun

CAPACITY = 2
GATE = Gate("any-order", "two at once", "ANY_ORDER_CAPACITY")
FAULTS = {
    "transient": Fault(Kind.TRANSIENT, "InternalFailure", "AWS had an error of its own."),
    "throttled": Fault(Kind.TRANSIENT, "Throttling", "AWS asks to slow down.", throttled=True),
    "limit": Fault(Kind.LIMIT, "OperationInProgressException", "Another operation runs."),
    "permanent": Fault(Kind.PERMANENT, "AccessDenied", "AWS refuses it."),
}
DEATHS = ("death before", "death after")
OVERLAP = "another worker at the same moment"
TROUBLE = st.sampled_from(["", "", "", "", *FAULTS, "wait", *DEATHS, OVERLAP])


class Death(BaseException):
    """The worker is gone."""


class AnyOrder(RuleBasedStateMachine):
    """Class attributes `patch` and `steps` are set by the test that runs the machine."""

    patch: Any

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.time = datetime(2030, 1, 1, tzinfo=UTC)
        self.patch.setattr(clock, "now", lambda: self.time)
        self.trouble: list[str] = []
        self.number = 0
        self.steps = self._graph()
        install(self.patch, *self.steps)
        self.somebody_asks()
        self.somebody_asks()

    def teardown(self) -> None:
        try:
            self._heal()
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def _graph(self) -> tuple[Any, ...]:
        machine = self

        def act(self: Any, ctx: Any) -> Done | Wait:
            trouble = machine.trouble.pop() if machine.trouble else ""
            if trouble in FAULTS:
                raise FAULTS[trouble]
            if trouble == "wait":
                return Wait(20, "AWS works on it.")
            if trouble == "death before":
                raise Death
            if trouble == OVERLAP:
                advance(ctx.own_row.pk)
            self.world.add(self._thing(ctx))
            self.acts.append(self._thing(ctx))
            if trouble == "death after":
                raise Death
            return Done("Made it.")

        first = step("first", act=act)
        left, right = step("left", first, act=act, gate=GATE), step("right", first, act=act)
        return first, left, right, step("last", left, right, act=act)

    # what can happen

    @precondition(lambda self: self.number < 4)
    @rule()
    def somebody_asks(self) -> None:
        self.number += 1
        run_of(*self.steps, ticket=f"AVM-{self.number}")

    @rule(order=st.lists(st.tuples(st.integers(0, 9), TROUBLE), min_size=1, max_size=8))
    def workers_take_messages(self, order: list[tuple[int, str]]) -> None:
        for which, trouble in order:
            self.trouble = [trouble] if trouble else []
            self._work(which, keep=False)

    @rule(which=st.integers(0, 50))
    def a_message_is_delivered_twice(self, which: int) -> None:
        self._work(which, keep=True)

    @rule(which=st.integers(0, 50))
    def a_message_is_lost(self, which: int) -> None:
        if messages := self._due():
            messages[which % len(messages)].delete()

    @rule(which=st.integers(0, 50))
    def a_worker_dies_right_after_its_claim(self, which: int) -> None:
        rows = list(StepRun.objects.filter(status__in=["ready", "waiting"]).order_by("pk"))
        if rows:
            lease.claim(rows[which % len(rows)].pk)

    @rule(seconds=st.sampled_from([1, 5, 30, 70, 400]))
    def time_passes(self, seconds: int) -> None:
        self.time += timedelta(seconds=seconds)

    @rule()
    def the_sweeper_comes_round(self) -> None:
        sweeper.sweep()

    @rule(
        which=st.integers(0, 50),
        verb=st.sampled_from(["hold_run", "release_run", "retry_run", "cancel_run", "skip_step", "retry_step"]),
    )
    def somebody_presses_a_button(self, which: int, verb: str) -> None:
        runs = list(Run.objects.order_by("pk"))
        if not runs:
            return
        run = runs[which % len(runs)]
        arguments: dict[str, Any] = {"actor": GAS}
        if verb.endswith("_step"):
            rows = list(run.steps.order_by("pk"))
            arguments["step_run"] = rows[which % len(rows)]
        else:
            arguments["run"] = run
        if verb in ("hold_run", "cancel_run", "skip_step"):
            arguments["reason"] = "Because."
        with suppress(services.NotAllowed):
            getattr(services, verb)(**arguments)

    # what always holds

    @invariant()
    def a_gate_is_never_overfull(self) -> None:
        assert GatePlace.objects.filter(slot__isnull=False).count() <= CAPACITY

    @invariant()
    def nothing_starts_before_what_it_needs(self) -> None:
        for row in StepRun.objects.exclude(status__in=[StepStatus.BLOCKED, StepStatus.CANCELLED]):
            needed = StepRun.objects.filter(run=row.run_id, step__in=row.needs)
            assert all(other.status in DONE_STEP or other.status == StepStatus.CANCELLED for other in needed), row.step

    @invariant()
    def what_succeeded_is_there(self) -> None:
        for row in StepRun.objects.filter(status=StepStatus.SUCCEEDED).select_related("run__request"):
            assert f"{row.step} of {row.run.request.ticket}" in Made.world

    @invariant()
    def a_run_has_ended_when_its_steps_have(self) -> None:
        for run in Run.objects.filter(status=RunStatus.SUCCEEDED):
            assert {row.status for row in run.steps.all()} <= set(DONE_STEP)

    @invariant()
    def each_effect_is_made_once_and_told_once(self) -> None:
        assert len(Made.acts) == len(set(Made.acts))
        told = list(Event.objects.filter(action="step.succeeded").values_list("target_id", flat=True))
        assert len(told) == len(set(told))

    # how it goes on

    def _due(self) -> list[OrmQ]:
        return list(OrmQ.objects.filter(lock__lte=self.time).order_by("lock", "pk"))

    def _work(self, which: int, *, keep: bool) -> None:
        messages = self._due()
        if not messages:
            return
        message = messages[which % len(messages)]
        task = SignedPackage.loads(message.payload)
        if not keep:
            message.delete()
        with transaction.atomic():
            self._call(task)

    def _call(self, task: dict[str, Any]) -> None:
        """What a dead worker had committed stays."""
        with suppress(Death):
            pydoc.locate(task["func"])(*task["args"])  # type: ignore[operator]

    def _heal(self) -> None:
        """The world is well again: whatever nobody cancelled must end, without a hand but for retry and release."""
        self.trouble.clear()
        for _ in range(40):
            for run in Run.objects.filter(status=RunStatus.ON_HOLD):
                services.release_run(run=run, actor=GAS)
            for run in Run.objects.filter(status=RunStatus.FAILED):
                services.retry_run(run=run, actor=GAS)
            self.time += timedelta(seconds=400)
            sweeper.sweep()
            while self._due():
                self._work(0, keep=False)
            if not Run.objects.filter(status__in=[RunStatus.RUNNING, RunStatus.FAILED, RunStatus.ON_HOLD]).exists():
                break
        left = [(str(s), s.status, s.waiting_for, s.problem) for s in StepRun.objects.exclude(
            status__in=[*DONE_STEP, StepStatus.CANCELLED])]  # fmt: skip
        assert not left
        assert set(Run.objects.values_list("status", flat=True)) <= {RunStatus.SUCCEEDED, RunStatus.CANCELLED}


def play(monkeypatch: pytest.MonkeyPatch, *, examples: int, length: int) -> None:
    monkeypatch.setattr(django_settings, "ANY_ORDER_CAPACITY", CAPACITY, raising=False)
    monkeypatch.setattr(django_settings, "TIME_SCALE", 1.0)
    AnyOrder.patch = monkeypatch
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=examples, stateful_step_count=length, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.mark.django_db(transaction=True)  # each example is a transaction of its own; a long one holds seals back
def test_no_order_of_events_breaks_the_engine(monkeypatch):
    play(monkeypatch, examples=25, length=30)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)  # each example is a transaction of its own; a long one holds seals back
def test_no_long_order_of_events_breaks_the_engine(monkeypatch):
    play(monkeypatch, examples=80, length=40)
