"""The doctor against a world that is well, and against one that is not."""

from pathlib import Path

import pytest

from audit.services import Actor
from jira_bridge.models import FieldMapping
from jira_bridge.services import import_mapping
from portal.doctor import aws as aws_side
from portal.doctor import jira as jira_side
from portal.doctor.finding import State
from sandbox.jira.server import SandboxJira

pytestmark = pytest.mark.django_db
MAPPING = Path(__file__).parents[2] / "sandbox" / "demo" / "fields.yaml"


@pytest.fixture
def jira(settings):
    with SandboxJira(portal_url="http://127.0.0.1:9", webhook_key="k", webhook_secret="s", automation="off") as site:
        settings.JIRA_BASE_URL = site.url
        settings.JIRA_USER = "vending-bot@example.com"
        settings.JIRA_API_TOKEN = "sandbox-token"
        import_mapping(text=MAPPING.read_text(), actor=Actor.system("test"))
        yield site


def states(findings) -> dict[str, str]:
    return {finding.what: finding.state.value for finding in findings}


def test_a_jira_that_is_set_up_is_well(jira):
    assert set(states(jira_side.look()).values()) == {"ok"}


def test_a_mapped_field_that_jira_does_not_have_is_named(jira):
    FieldMapping.objects.filter(field="owner").update(jira_id="customfield_99999")
    told = [finding for finding in jira_side.look() if finding.state is State.FAILED]
    assert len(told) == 1
    assert "owner (customfield_99999)" in told[0].seen


def test_a_wrong_token_is_said_without_the_token(jira, settings):
    settings.JIRA_API_TOKEN = "a-wrong-token"
    told = list(jira_side.look())
    assert "failed" in states(told).values()
    assert "a-wrong-token" not in str(told)


def test_an_aws_that_is_set_up_is_well(aws):
    assert "failed" not in states(aws_side.look()).values()
