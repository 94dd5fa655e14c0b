"""When a wave waits for the last of a burst, and when it does not."""

from datetime import timedelta

import pytest

from taskqueue import clock
from tests.vending.people import approve, ask_for
from vending.choices import RunStatus, StepStatus, WaveAction
from vending.engine import gates, lease, waves
from vending.models import Run, StackSet, StepRun, Wave
from vending.steps.create_account import CreateAccount

pytestmark = pytest.mark.django_db
NAME = "account-baseline"


@pytest.fixture
def two(aws, drain, settings) -> list[Run]:
    """Two runs under way; the first waits for the stack set, the second is still at its beginning."""
    requests = [ask_for(f"AVM-{n}", account_name=f"Account {n}", email=f"a{n}@example.com") for n in range(2)]
    drain()
    for request in requests:
        approve(request)
    settings.TIME_SCALE = 1.0
    runs = list(Run.objects.order_by("id"))
    arrive(runs[0])
    return runs


def arrive(run: Run) -> None:
    row = run.steps.get(step="default_stack_sets")
    StepRun.objects.filter(pk=row.pk).update(status=StepStatus.READY, due_at=clock.now())
    assert lease.claim(row.pk) is not None
    waves.queue_up(
        step_run=row, stack_set=NAME, account_id=f"{run.pk:012d}", regions=["eu-central-1"], action=WaveAction.CREATE
    )


def advance() -> None:
    StackSet.objects.filter(name=NAME).update(due_at=clock.now())
    waves.advance(StackSet.objects.get(name=NAME).pk)


def test_a_wave_waits_for_the_last_who_are_about_to_come(two):
    advance()
    assert not Wave.objects.exists()
    assert StackSet.objects.get(name=NAME).due_at > clock.now()
    arrive(two[1])
    advance()
    assert Wave.objects.get().places.count() == 2


def test_a_wave_waits_for_nobody_whose_run_has_stopped(two):
    Run.objects.filter(pk=two[1].pk).update(status=RunStatus.FAILED)
    advance()
    assert Wave.objects.get().places.count() == 1


def test_nobody_waits_longer_than_a_wave_lasts(two):
    late = clock.now() - timedelta(seconds=waves.FIRST_LOOK + 1)
    StepRun.objects.filter(run=two[0], step="default_stack_sets").update(started_at=late)
    advance()
    assert Wave.objects.get().places.count() == 1


def test_a_wave_does_not_wait_while_somebody_has_no_creation_slot_yet(two, settings):
    settings.MAX_CONCURRENT_CREATES = 0
    row = two[1].steps.get(step="create_account")
    assert not gates.enter(row, CreateAccount.gate)
    advance()
    assert Wave.objects.get().places.count() == 1
