"""Steps that are last: only after all the rest of their run."""

import pytest

from tests.vending.engine.world import Made, install, run_of, step
from vending.aws.errors import Fault, Kind
from vending.choices import RunStatus, StepStatus

pytestmark = pytest.mark.django_db


def test_a_last_step_comes_after_steps_it_does_not_name(monkeypatch, drain):
    end, one = step("end", last=True), step("one")
    two = step("two", one)
    install(monkeypatch, end, one, two)
    run = run_of(end, one, two)
    assert run.steps.get(step="end").needs == ["one", "two"]
    drain()
    assert Made.acts[-1] == "end of AVM-1"


def test_a_last_step_needs_only_what_the_baseline_switches_on(monkeypatch):
    end, one, off = step("end", last=True), step("one"), step("off")
    install(monkeypatch, end, one, off)
    assert run_of(end, one).steps.get(step="end").needs == ["one"]


def test_two_last_steps_do_not_wait_for_each_other(monkeypatch, drain):
    end, close, one = step("end", last=True), step("close", last=True), step("one")
    install(monkeypatch, end, close, one)
    run = run_of(end, close, one)
    drain()
    run.refresh_from_db()
    assert run.status == RunStatus.SUCCEEDED


def test_a_last_step_does_not_begin_while_another_has_failed(monkeypatch, drain):
    def refuse(self, ctx):
        raise Fault(Kind.PERMANENT, "No", "No.")

    end, one = step("end", last=True), step("one", act=refuse)
    install(monkeypatch, end, one)
    run = run_of(end, one)
    drain()
    assert run.steps.get(step="end").status == StepStatus.BLOCKED
