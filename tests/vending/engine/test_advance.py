"""The engine: claim, look, act, look again, finish."""

from datetime import timedelta

import pytest
from django_q.models import OrmQ

from audit.models import Event
from taskqueue import clock
from tests.vending.engine.world import GAS, Made, install, run_of, step
from vending.aws.errors import Fault, Kind
from vending.choices import Outcome, RequestStatus, RunStatus, StepStatus
from vending.engine import finish, lease
from vending.engine.advance import advance
from vending.engine.finish import Result
from vending.engine.step import Done, Wait
from vending.engine.sweeper import sweep
from vending.models import StepAttempt, StepRun
from vending.services import retry_run

pytestmark = pytest.mark.django_db


def statuses(run):
    return {row.step: row.status for row in StepRun.objects.filter(run=run)}


def test_a_run_does_every_step_and_makes_the_request_ready(monkeypatch, drain):
    one = step("one")
    two = step("two", one)
    install(monkeypatch, one, two)
    run = run_of(one, two)
    drain()
    run.refresh_from_db()
    assert run.status == RunStatus.SUCCEEDED
    run.request.refresh_from_db()
    assert run.request.status == RequestStatus.READY
    assert Made.acts == ["one of AVM-1", "two of AVM-1"]


def test_a_step_waits_for_all_it_needs_also_through_a_step_that_is_left_out(monkeypatch):
    one = step("one")
    left_out = step("left_out", one)
    three = step("three", left_out)
    install(monkeypatch, one, left_out, three)
    run = run_of(one, three)
    assert statuses(run) == {"one": StepStatus.READY, "three": StepStatus.BLOCKED}


def test_what_is_there_already_is_adopted_without_an_act(monkeypatch, drain):
    one = step("one")
    install(monkeypatch, one)
    Made.world.add("one of AVM-1")
    run = run_of(one)
    drain()
    assert statuses(run) == {"one": StepStatus.SUCCEEDED}
    assert Made.acts == []


def test_a_worker_goes_on_by_itself_with_one_of_the_steps_it_made_ready(monkeypatch):
    one = step("one")
    two, three = step("two", one), step("three", one)
    install(monkeypatch, one, two, three)
    run = run_of(one, two, three)
    OrmQ.objects.all().delete()
    advance(run.steps.get(step="one").pk)
    assert statuses(run) == {"one": StepStatus.SUCCEEDED, "two": StepStatus.SUCCEEDED, "three": StepStatus.READY}
    assert OrmQ.objects.count() == 1


def test_a_worker_that_has_been_busy_for_long_leaves_the_next_step_to_the_queue(monkeypatch):
    one = step("one")
    two = step("two", one)
    install(monkeypatch, one, two)
    run = run_of(one, two)
    OrmQ.objects.all().delete()
    monkeypatch.setattr("vending.engine.advance.GOES_ON", 0.0)
    advance(run.steps.get(step="one").pk)
    assert statuses(run) == {"one": StepStatus.SUCCEEDED, "two": StepStatus.READY}
    assert OrmQ.objects.count() == 1


def test_a_worker_that_dies_before_it_goes_on_is_followed_by_the_sweeper(monkeypatch, drain):
    one = step("one")
    two = step("two", one)
    install(monkeypatch, one, two)
    run = run_of(one, two)
    OrmQ.objects.all().delete()
    first = run.steps.get(step="one")
    claimed = lease.claim(first.pk)
    assert claimed is not None
    kept = finish.write(one(), *claimed, Result.done("It is there.", did=""), [], goes_on=True)
    assert kept == run.steps.get(step="two").pk
    assert OrmQ.objects.count() == 0
    StepRun.objects.filter(pk=kept).update(due_at=clock.now() - timedelta(seconds=6))
    assert sweep() == 1
    drain()
    assert statuses(run)["two"] == StepStatus.SUCCEEDED


def test_a_message_that_comes_twice_does_the_step_once(monkeypatch, drain):
    one = step("one")
    install(monkeypatch, one)
    run = run_of(one)
    row = run.steps.get()
    for _ in range(3):
        advance(row.pk)
    drain()
    assert Made.acts == ["one of AVM-1"]
    assert StepAttempt.objects.filter(step_run=row).count() == 1


def test_a_wait_is_a_timer_in_the_row_and_a_message_for_later(monkeypatch, drain, settings):
    settings.TIME_SCALE = 1.0
    one = step("one", act=lambda self, ctx: Wait(30, "AWS is busy."))
    install(monkeypatch, one)
    run = run_of(one)
    assert drain() == 1
    row = run.steps.get()
    assert row.status == StepStatus.WAITING
    assert row.waiting_for == "AWS is busy."
    assert timedelta(seconds=25) < row.due_at - clock.now() < timedelta(seconds=31)
    assert OrmQ.objects.get().lock > clock.now() + timedelta(seconds=25)


def test_waiting_does_not_use_up_the_attempts(monkeypatch, drain):
    def act(self, ctx):
        if len(self.acts) < 20:
            self.acts.append("looked")
            return Wait(1, "Not yet.")
        self.world.add(self._thing(ctx))
        return Done("Made it.")

    one = step("one", act=act, attempts=3)
    install(monkeypatch, one)
    run = run_of(one)
    drain()
    assert statuses(run) == {"one": StepStatus.SUCCEEDED}


def test_a_transient_error_is_tried_again(monkeypatch, drain):
    def act(self, ctx):
        self.acts.append("tried")
        if len(self.acts) == 1:
            raise Fault(Kind.TRANSIENT, "InternalFailure", "AWS had an error of its own.")
        self.world.add(self._thing(ctx))
        return Done("Made it.")

    one = step("one", act=act)
    install(monkeypatch, one)
    run = run_of(one)
    drain()
    assert statuses(run) == {"one": StepStatus.SUCCEEDED}
    outcomes = StepAttempt.objects.values_list("outcome", flat=True)
    assert list(outcomes) == [Outcome.TRANSIENT, Outcome.DONE]


def test_an_error_that_stays_fails_the_run_after_its_attempts(monkeypatch, drain):
    def act(self, ctx):
        raise Fault(Kind.TRANSIENT, "InternalFailure", "AWS had an error of its own.")

    one = step("one", act=act, attempts=4)
    install(monkeypatch, one)
    run = run_of(one)
    drain()
    row = run.steps.get()
    assert row.status == StepStatus.FAILED
    assert "tried 4 times" in row.problem
    assert "AWS had an error of its own." in row.problem


def test_throttling_never_uses_up_the_attempts(monkeypatch, drain):
    def act(self, ctx):
        self.acts.append("tried")
        if len(self.acts) < 30:
            raise Fault(Kind.TRANSIENT, "Throttling", "AWS asks to slow down.", throttled=True)
        self.world.add(self._thing(ctx))
        return Done("Made it.")

    one = step("one", act=act, attempts=3)
    install(monkeypatch, one)
    run = run_of(one)
    drain()
    assert statuses(run) == {"one": StepStatus.SUCCEEDED}


def test_a_permanent_error_fails_the_run_and_the_request_with_a_sentence(monkeypatch, drain):
    def act(self, ctx):
        raise Fault(Kind.PERMANENT, "AccessDenied", "AWS refuses it. Give the role the permission.", detail="arn:…")

    one = step("one", act=act)
    install(monkeypatch, one)
    run = run_of(one)
    drain()
    run.refresh_from_db()
    run.request.refresh_from_db()
    row = run.steps.get()
    assert (run.status, run.request.status) == (RunStatus.FAILED, RequestStatus.FAILED)
    assert (row.problem, row.problem_code, row.problem_detail) == (
        "AWS refuses it. Give the role the permission.", "AccessDenied", "arn:…",
    )  # fmt: skip
    assert Event.objects.filter(action="run.failed", run_id=run.pk).count() == 1


def test_an_error_of_our_own_is_kept_with_its_traceback(monkeypatch, drain):
    def act(self, ctx):
        raise ZeroDivisionError("a defect")

    one = step("one", act=act)
    install(monkeypatch, one)
    run = run_of(one)
    drain()
    row = run.steps.get()
    assert row.status == StepStatus.FAILED
    assert "ZeroDivisionError: a defect" in row.problem_detail


def test_steps_that_do_not_need_the_failed_one_go_on(monkeypatch, drain):
    def act(self, ctx):
        raise Fault(Kind.PERMANENT, "X", "No.")

    bad, good, after_bad = step("bad", act=act), step("good"), None
    after_bad = step("after_bad", bad)
    install(monkeypatch, bad, good, after_bad)
    run = run_of(bad, good, after_bad)
    drain()
    assert statuses(run) == {
        "bad": StepStatus.FAILED, "good": StepStatus.SUCCEEDED, "after_bad": StepStatus.BLOCKED,
    }  # fmt: skip


def test_a_retry_goes_on_from_the_failed_step(monkeypatch, drain):
    broken = [True]

    def act(self, ctx):
        if broken:
            raise Fault(Kind.PERMANENT, "X", "No.")
        return Made.act(self, ctx)

    one = step("one")
    two = step("two", one, act=act)
    three = step("three", two)
    install(monkeypatch, one, two, three)
    run = run_of(one, two, three)
    drain()
    broken.clear()
    retry_run(run=run, actor=GAS)
    drain()
    run.refresh_from_db()
    assert run.status == RunStatus.SUCCEEDED
    assert Made.acts == ["one of AVM-1", "two of AVM-1", "three of AVM-1"]


def test_a_worker_that_died_is_followed_by_another_after_its_lease(monkeypatch, drain):
    one = step("one")
    install(monkeypatch, one)
    run = run_of(one)
    row = run.steps.get()
    from vending.engine import lease, sweeper

    lease.claim(row.pk)  # and then the worker dies
    drain()
    assert statuses(run) == {"one": StepStatus.RUNNING}
    StepRun.objects.filter(pk=row.pk).update(lease_until=clock.now() - timedelta(seconds=1))
    assert sweeper.sweep() == 1
    drain()
    assert statuses(run) == {"one": StepStatus.SUCCEEDED}


def test_a_task_that_kills_its_worker_each_time_is_not_tried_for_ever(monkeypatch, drain):
    one = step("one", attempts=3)
    install(monkeypatch, one)
    run = run_of(one)
    row = run.steps.get()
    from vending.engine import lease

    for _ in range(3):
        lease.claim(row.pk)
        StepRun.objects.filter(pk=row.pk).update(lease_until=clock.now() - timedelta(seconds=1))
    advance(row.pk)
    row.refresh_from_db()
    assert row.status == StepStatus.FAILED
    assert "worker may have died" in row.problem


def test_whoever_lost_the_lease_writes_nothing_but_the_attempt(monkeypatch, drain):
    def act(self, ctx):
        from vending.engine import lease

        self.world.add(self._thing(ctx))
        StepRun.objects.filter(pk=ctx.own_row.pk).update(lease_until=clock.now() - timedelta(seconds=1))
        self.acts.append("overtaken")
        assert lease.claim(ctx.own_row.pk) is not None
        return Done("Too late.")

    one = step("one", act=act)
    install(monkeypatch, one)
    run = run_of(one)
    row = run.steps.get()
    advance(row.pk)
    assert statuses(run) == {"one": StepStatus.RUNNING}
    outcomes = StepAttempt.objects.order_by("number").values_list("outcome", flat=True)
    assert list(outcomes) == [Outcome.OVERTAKEN, Outcome.UNFINISHED]
    assert not Event.objects.filter(action="step.succeeded").exists()


def test_a_step_out_of_patience_fails_and_says_what_it_waited_for(monkeypatch, drain):
    one = step("one", act=lambda self, ctx: Wait(1, "AWS is busy."), patience=timedelta(minutes=10))
    install(monkeypatch, one)
    run = run_of(one)
    StepRun.objects.update(started_at=clock.now() - timedelta(minutes=11))
    drain()
    row = run.steps.get()
    assert row.status == StepStatus.FAILED
    assert "AWS is busy." in row.problem
    assert "11 minutes" in row.problem


def test_many_small_changes_are_made_in_one_attempt(monkeypatch, drain):
    def look(self, ctx):
        from vending.engine.step import Seen

        return Seen(len(self.acts) >= 5, f"{len(self.acts)} of 5.")

    def act(self, ctx):
        self.acts.append("one more")
        return Done("One more.")

    one = step("one", act=act, look=look)
    install(monkeypatch, one)
    run = run_of(one)
    assert drain() == 1
    assert statuses(run) == {"one": StepStatus.SUCCEEDED}


def test_events_of_a_run_tell_its_story_in_order(monkeypatch, drain):
    one = step("one")
    install(monkeypatch, one)
    run_of(one)
    drain()
    actions = list(Event.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["run.started", "step.succeeded", "run.succeeded"]
