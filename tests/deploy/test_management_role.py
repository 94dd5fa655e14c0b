"""The role in the management account: enough for all the portal does, and for nothing else."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ClientError

from tests.deploy import story
from tests.deploy.conftest import portal_with_role
from tests.deploy.templates import actions
from vending.aws.session import clients_from_settings
from vending.models import Run, StepRun


pytestmark = pytest.mark.django_db


class Told(NamedTuple):
    """What was seen of the whole story."""

    steps: list[tuple[str, str, str]]
    calls: list[dict[str, Any]]
    refused: set[str]
    allowed: set[str]


@pytest.fixture(scope="module")
def told(aws_world, django_db_setup, django_db_blocker) -> Told:
    """The whole story, once for all tests of this file."""
    with django_db_blocker.unblock(), portal_with_role(aws_world) as aws:
        story.tell(aws, enough=lambda: bool(story.refused(aws)))
        steps = [(each.step, each.status, each.problem_detail) for each in StepRun.objects.all()]
        return Told(steps, story.calls(aws), story.refused(aws), actions())


def test_every_step_succeeds_with_the_role_of_the_template(told):
    assert [each for each in told.steps if each[1] != "succeeded"] == []
    assert len(told.steps) == len(story.registry.BY_NAME) - len(story.LEFT_OUT)


def test_nothing_the_portal_asks_for_is_refused(told):
    assert told.refused == set()


def test_everything_the_role_allows_is_asked_for(told):
    used = {each["action"] for each in told.calls}
    assert told.allowed - used == set()
    assert used - told.allowed == story.NEEDS_NO_PERMISSION
