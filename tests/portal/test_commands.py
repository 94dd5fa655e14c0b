"""The commands of an operator."""

from typing import Any

import pytest

from portal.checks import open_door, queue_times, webhook_secrets

pytestmark = pytest.mark.django_db


def test_the_times_of_the_queue_hold() -> None:
    assert queue_times(None) == []


def test_a_queue_that_would_run_tasks_twice_is_refused(settings: Any) -> None:
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"retry": 60}
    assert [problem.id for problem in queue_times(None)] == ["portal.E001"]


def test_a_lease_shorter_than_a_task_is_refused(settings: Any) -> None:
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"timeout": 88, "retry": 1000}
    assert "portal.E002" in [problem.id for problem in queue_times(None)]


def test_short_webhook_secrets_are_refused(settings: Any) -> None:
    settings.JIRA_WEBHOOK_API_KEY, settings.JIRA_WEBHOOK_SECRET = ["a" * 16, "short"], []
    assert [problem.id for problem in webhook_secrets(None)] == ["portal.E003"]
    settings.JIRA_WEBHOOK_API_KEY = ["a" * 16]
    assert webhook_secrets(None) == []


def test_a_portal_without_credentials_or_https_is_warned(settings: Any) -> None:
    settings.JIRA_WEBHOOK_API_KEY, settings.JIRA_WEBHOOK_SECRET, settings.HTTPS = [], [], False
    assert [problem.id for problem in open_door(None)] == ["portal.W001", "portal.W002"]
