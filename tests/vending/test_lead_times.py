"""Where the time from approval to the ready account went."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.services import Actor, record_event
from tests.portal import factories
from vending.choices import Outcome, PlaceStatus, RequestStatus, RunStatus, StepStatus
from vending.lead_times import Waits, covered, lead_time, waits_of
from vending.models import (
    AccountRequest,
    AwsCallRecord,
    LeadTime,
    Run,
    StackSet,
    StackSetPlace,
    StepAttempt,
    StepRun,
    Wave,
)
from vending.services import lead_times

START = datetime(2026, 3, 1, 8, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


moments = st.integers(-100, 700).map(at)
spans = st.lists(st.tuples(moments, moments).map(lambda pair: (min(pair), max(pair))), max_size=12)


@given(spans)
def test_what_is_covered_is_what_the_seconds_say(found: list[tuple[datetime, datetime]]) -> None:
    seconds = sum(any(start <= at(second) < stop for start, stop in found) for second in range(600))
    assert covered(found, at(0), at(600)) == timedelta(seconds=seconds)


@given(spans, spans, spans)
def test_the_four_parts_add_up_and_none_is_negative(people: list, aws: list, gates: list) -> None:
    row = lead_time(AccountRequest(), Run(), Waits(people, aws, gates), begin=at(0), end=at(600))
    parts = (row.people, row.aws, row.gates, row.own)
    assert sum(parts, timedelta(0)) == row.total == timedelta(seconds=600)
    assert min(parts) >= timedelta(0)


def test_a_moment_in_which_several_wait_counts_once() -> None:
    waits = Waits(people=[(at(0), at(10))], aws=[(at(5), at(30))], gates=[(at(20), at(50))])
    row = lead_time(AccountRequest(), Run(), waits, begin=at(0), end=at(60))
    seconds = [part.total_seconds() for part in (row.people, row.aws, row.gates, row.own)]
    assert seconds == [10, 20, 20, 10]


@pytest.fixture
def finished(db: None) -> Run:
    """A run of 300 s: 60 s at the gate, 120 s AWS, 30 s for a wave, 30 s in it, the rest ours."""
    request = factories.request(1, RequestStatus.READY, approved_at=at(0))
    run = factories.run(request, [StepStatus.SUCCEEDED] * 5, RunStatus.SUCCEEDED, factories.account(request, 1))
    Run.objects.filter(pk=run.pk).update(started_at=at(0), finished_at=at(300))
    AwsCallRecord.objects.all().delete()
    StepAttempt.objects.all().delete()
    create, deploy = (run.steps.get(step=name) for name in ("create_account", "default_stack_sets"))
    StepRun.objects.filter(pk=create.pk).update(intended_at=at(60))
    _attempts(create, [(0, 0, Outcome.WAITING), (60, 60, Outcome.WAITING), (180, 190, Outcome.DONE)])
    _attempts(deploy, [(200, 200, Outcome.WAITING), (260, 261, Outcome.DONE)])
    stack_set = StackSet.objects.create(name="logging")
    wave = Wave.objects.create(
        stack_set=stack_set, operation_id="5f0c1a9e-0000-4000-8000-000000000001", regions=["eu-central-1"],
        status="ended", started_at=at(230), finished_at=at(260),
    )  # fmt: skip
    StackSetPlace.objects.create(
        stack_set=stack_set, step_run=deploy, account_id="210000000001", regions=["eu-central-1"],
        status=PlaceStatus.DEPLOYED, wave=wave, turn=at(0),
    )  # fmt: skip
    return Run.objects.select_related("request").get(pk=run.pk)


def _attempts(step: StepRun, tries: list[tuple[int, int, Outcome]]) -> None:
    for number, (began, ended, outcome) in enumerate(tries, 1):
        StepAttempt.objects.create(
            step_run=step, number=number, lease=factories.uuid.uuid4(), worker="worker-1", outcome=outcome,
            started_at=at(began), finished_at=at(ended),
        )  # fmt: skip


def test_a_ready_request_gets_its_lead_time_once(finished: Run) -> None:
    assert lead_times.sweep() == 1
    assert lead_times.sweep() == 0
    row = LeadTime.objects.get()
    seconds = {name: getattr(row, name).total_seconds() for name in ("total", "people", "gates", "aws", "own")}
    assert seconds == {"total": 300, "people": 0, "gates": 90, "aws": 150, "own": 60}


def test_the_time_until_somebody_retries_is_people_s(finished: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for action, second in (("run.failed", 100), ("step.failed", 105), ("run.retried", 150)):
        monkeypatch.setattr("audit.services.clock.now", lambda second=second: at(second))
        record_event(
            actor=Actor.system("engine"), action=action, summary=action, target_kind="run", target_id=finished.pk,
            ticket=finished.request.ticket, run_id=finished.pk,
        )  # fmt: skip
    assert waits_of(finished).people == [(at(100), at(150))]
    lead_times.sweep()
    assert LeadTime.objects.get().people == timedelta(seconds=50)


def test_a_call_to_aws_counts_as_aws(finished: Run) -> None:
    attempt = StepAttempt.objects.get(started_at=at(180))
    AwsCallRecord.objects.create(
        attempt=attempt, service="iam", operation="GetRole", mutating=False, duration_ms=4000, at=at(183)
    )
    lead_times.sweep()
    assert LeadTime.objects.get().aws == timedelta(seconds=154)


@pytest.mark.django_db
def test_a_request_that_is_not_ready_has_none() -> None:
    request = factories.request(2, RequestStatus.VENDING)
    factories.run(request, [StepStatus.SUCCEEDED] * 4 + [StepStatus.BLOCKED], RunStatus.RUNNING)
    assert lead_times.sweep() == 0
