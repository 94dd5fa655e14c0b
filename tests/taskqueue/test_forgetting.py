"""What the queue does not keep for good."""

from datetime import timedelta

import pytest
from django.conf import settings
from django_q.models import Failure

from taskqueue import clock
from taskqueue.services import forget_failures

pytestmark = pytest.mark.django_db


def failed(name: str, *, days: int) -> None:
    moment = clock.now() - timedelta(days=days)
    Failure.objects.create(
        id=name, name=name, func="vending.tasks.advance", started=moment, stopped=moment, success=False
    )


def test_failed_tasks_are_forgotten_after_a_month() -> None:
    failed("old", days=31)
    failed("young", days=29)
    assert (forget_failures(), forget_failures()) == (1, 0)
    assert Failure.objects.get().name == "young"


def test_the_rounds_forget_them() -> None:
    assert "taskqueue.services.forget_failures" in settings.SWEEPS
