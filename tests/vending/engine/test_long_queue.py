"""A queue that is only long: its messages still come, and the sweeper does not fill it further."""

from datetime import timedelta

import pytest
from django_q.models import OrmQ

from taskqueue import clock
from tests.vending.engine.world import install, run_of, step
from vending.choices import StepStatus
from vending.engine.sweeper import sweep
from vending.models import StepRun

pytestmark = pytest.mark.django_db


def test_a_step_whose_message_waits_gets_one_more_and_not_one_each_round(monkeypatch, drain) -> None:
    one = step("one")
    install(monkeypatch, one)
    run = run_of(one)
    StepRun.objects.update(due_at=clock.now() - timedelta(seconds=6))
    before = OrmQ.objects.count()
    assert [sweep() for _ in range(5)] == [1, 0, 0, 0, 0]
    assert OrmQ.objects.count() == before + 1
    drain()
    assert run.steps.get().status == StepStatus.SUCCEEDED
