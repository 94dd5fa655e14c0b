"""What every test of the bridge may use: the mapping of the sandbox Jira, and a Jira to talk to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from audit.services import Actor
from jira_bridge.services import import_mapping
from sandbox.jira.server import SandboxJira

MAPPING = Path(__file__).parents[2] / "sandbox" / "demo" / "fields.yaml"


@pytest.fixture
def mapping(db: None) -> None:
    import_mapping(text=MAPPING.read_text(), actor=Actor.system("test"))


@pytest.fixture
def jira(settings) -> Iterator[SandboxJira]:
    """A sandbox Jira that the portal answers to; it sends nothing by itself."""
    with SandboxJira(portal_url="http://127.0.0.1:9", webhook_key="k", webhook_secret="s", automation="off") as site:
        settings.JIRA_BASE_URL = site.url
        settings.JIRA_USER = "vending-bot@example.com"
        settings.JIRA_API_TOKEN = "sandbox-token"
        settings.AUDIT_SUBSCRIBERS = {"ticket": "jira_bridge.subscribers.Ticket"}
        yield site
