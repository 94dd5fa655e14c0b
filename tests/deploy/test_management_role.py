"""The role in the management account: enough for all the portal does, and for nothing else."""

from typing import Any, NamedTuple

import pytest

from tests.deploy import story
from tests.deploy.conftest import portal_with_role
from tests.deploy.templates import actions, actions_in, deploy_management_role, take_away
from vending.models import StepRun

pytestmark = pytest.mark.django_db

ONLY_IN_AWS = {
    "iam:PassRole": "CloudFormation asks for it where a stack set names an administration role of the company's own; "
    "no call of the portal's carries it, so no imitation can ask for it. Off unless a parameter names that role",
    "organizations:CloseAccount": "a closing is a run of its own, outside this story. Off, and denied, unless "
    "a parameter allows it",
}
NECESSARY = [action for action in actions_in("management-role", "Allow") if action not in ONLY_IN_AWS]


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


def test_everything_the_role_allows_is_asked_for_and_nothing_else(told):
    used = {each["action"] for each in told.calls}
    assert used - story.NEEDS_NO_PERMISSION == told.allowed == set(NECESSARY)


@pytest.mark.slow
@pytest.mark.parametrize("action", NECESSARY)
def test_without_this_action_the_portal_is_refused(portal, action):
    """The whole story again, up to the first refusal."""
    take_away(action)
    story.tell(portal, enough=lambda: bool(story.refused(portal)))
    assert story.refused(portal) == {action}


def test_what_a_baseline_may_need_besides_is_off_by_default(aws):
    deploy_management_role()
    services = {action.partition(":")[0] for action in actions()}
    assert services == {"organizations", "account", "cloudformation", "ssm", "servicequotas", "sts", "iam"}
    assert not {"organizations:DetachPolicy", "sts:AssumeRoot", *ONLY_IN_AWS} & actions()


def test_closing_accounts_is_denied_unless_the_parameter_allows_it(aws):
    deploy_management_role()
    assert "organizations:CloseAccount" in actions(effect="Deny")
    aws.reset()
    deploy_management_role(AllowClosingAccounts="yes")
    assert "organizations:CloseAccount" in actions()
    assert "organizations:CloseAccount" not in actions(effect="Deny")
