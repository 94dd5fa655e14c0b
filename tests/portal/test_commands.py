"""The commands of an operator."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from portal.checks import open_door, queue_times, webhook_secrets
from portal.doctor import database, jira, queue
from portal.doctor.finding import State
from taskqueue import services

pytestmark = pytest.mark.django_db


def states(side: Any) -> dict[str, State]:
    return {finding.what: finding.state for finding in side.look()}


def test_the_doctor_finds_the_database_well() -> None:
    assert set(states(database).values()) == {State.OK}


def test_the_doctor_misses_the_worker_and_says_how_to_start_one() -> None:
    (heartbeat, _) = queue.look()
    assert heartbeat.state == State.FAILED
    assert "manage.py worker" in heartbeat.advice


def test_the_doctor_is_content_with_a_young_heartbeat() -> None:
    services.record_beat()
    assert states(queue)["heartbeat"] == State.OK


def test_the_doctor_misses_the_address_of_jira(settings: Any) -> None:
    settings.JIRA_BASE_URL = ""
    assert states(jira)["Jira"] == State.FAILED


def test_the_doctor_looks_into_aws(aws: Any) -> None:
    from portal.doctor import aws as side
    from vending.aws import ssm

    ssm.forget()
    found = states(side)
    assert found["AWS identity"] == State.OK
    assert found["organization"] == State.OK
    assert found[ssm.DEFAULT_STACK_SETS] == State.OK


def test_the_doctor_ends_with_an_error_when_something_failed(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.management.commands import doctor

    monkeypatch.setattr(doctor, "SIDES", {"Queue": queue})
    out = StringIO()
    with pytest.raises(CommandError, match="1 of these failed"):
        call_command("doctor", stdout=out)
    services.record_beat()
    call_command("doctor", stdout=out)
    assert "All is well." in out.getvalue()


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
