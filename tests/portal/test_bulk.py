"""Operations on many rows: permission, one event for each, and what was not possible is said."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from audit.admin import bulk
from audit.choices import DeliveryStatus
from audit.models import Delivery, Event
from tests.portal import factories
from vending.choices import RequestStatus, RunStatus, StepStatus
from vending.models import AccountRequest, Run, StepRun

pytestmark = pytest.mark.django_db
RUNS = "/admin/vending/run/"


def failed(number: int) -> Run:
    request = factories.request(number, RequestStatus.FAILED)
    return factories.run(request, [StepStatus.FAILED, *[StepStatus.BLOCKED] * 4], RunStatus.FAILED)


@pytest.fixture
def as_engineer(client: Client) -> Client:
    client.force_login(factories.person("gus", "GAS engineer"))
    return client


def press(client: Client, name: str, rows: Any, address: str = RUNS, **more: str) -> Any:
    ticked = [str(row.pk) for row in rows]
    return client.post(address, {"action": name, "index": "0", "_selected_action": ticked, **more})


def told(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_many_runs_are_retried_and_each_is_in_the_record(as_engineer: Client) -> None:
    runs = [failed(1), failed(2), failed(3)]
    answer = press(as_engineer, "retry", runs)
    assert told(answer) == ["Retry: 3 rows."]
    assert set(Run.objects.values_list("status", flat=True)) == {RunStatus.RUNNING}
    assert Event.objects.filter(action="run.retried", actor="gus").count() == 3


def test_the_ones_that_cannot_be_are_said_and_stop_no_other(as_engineer: Client) -> None:
    done = factories.run(factories.request(4, RequestStatus.READY), [StepStatus.SUCCEEDED] * 5, RunStatus.SUCCEEDED)
    answer = press(as_engineer, "retry", [done, failed(5)])
    assert "Retry: 1 row." in told(answer)
    assert "Vend AVM-4: This run is Succeeded; only a failed run can be retried." in told(answer)
    done.refresh_from_db()
    assert done.status == RunStatus.SUCCEEDED


def test_all_rows_of_a_filtered_list_are_taken_when_asked(as_engineer: Client) -> None:
    first, second = failed(6), failed(7)
    press(as_engineer, "retry", [first], f"{RUNS}?q=AVM-6", select_across="1")
    second.refresh_from_db()
    assert second.status == RunStatus.FAILED
    press(as_engineer, "retry", [second], f"{RUNS}?status__exact=failed", select_across="1")
    second.refresh_from_db()
    assert second.status == RunStatus.RUNNING


def test_too_many_are_taken_in_turns(as_engineer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MOST", 2)
    answer = press(as_engineer, "retry", [failed(1), failed(2), failed(3)])
    assert "Only the first 2 rows were taken. Do it again." in told(answer)
    assert Run.objects.filter(status=RunStatus.FAILED).count() == 1


def test_many_refusals_are_counted(as_engineer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "SAID", 1)
    runs = [
        factories.run(factories.request(number), [StepStatus.SUCCEEDED] * 5, RunStatus.SUCCEEDED)
        for number in (10, 11, 12)
    ]
    assert told(press(as_engineer, "retry", runs))[1:] == ["Nor for 2 more rows."]


def test_requests_are_retried_from_their_own_list(as_engineer: Client) -> None:
    run = failed(8)
    waiting = factories.request(9)
    answer = press(as_engineer, "retry", AccountRequest.objects.all(), "/admin/vending/accountrequest/")
    run.refresh_from_db()
    assert run.status == RunStatus.RUNNING
    assert any(f"{waiting}: This request is Awaiting approval; it has no failed run." in text for text in told(answer))


def test_steps_are_retried_from_their_own_list(as_engineer: Client) -> None:
    run = failed(8)
    press(as_engineer, "retry", run.steps.filter(status="failed"), "/admin/vending/steprun/")
    assert StepRun.objects.get(run=run, position=0).status == StepStatus.READY


def test_failed_messages_are_sent_again(as_engineer: Client) -> None:
    factories.world()
    row = Delivery.objects.get(status=DeliveryStatus.FAILED)
    press(as_engineer, "resend", [row], "/admin/audit/delivery/")
    row.refresh_from_db()
    assert row.status == DeliveryStatus.PENDING


@pytest.mark.parametrize("group", ["Viewer", "Auditor", ""])
def test_others_retry_nothing(client: Client, group: str) -> None:
    run = failed(1)
    client.force_login(factories.person("other", group))
    press(client, "retry", [run])
    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert not Event.objects.filter(action="run.retried").exists()


def test_a_get_retries_nothing(as_engineer: Client) -> None:
    run = failed(1)
    as_engineer.get(RUNS, {"action": "retry", "index": "0", "_selected_action": run.pk})
    run.refresh_from_db()
    assert run.status == RunStatus.FAILED


def test_who_may_not_operate_sees_no_boxes_to_tick(client: Client) -> None:
    failed(1)
    client.force_login(factories.person("audrey", "Auditor"))
    assert "_selected_action" not in client.get(RUNS).content.decode()


def test_what_asks_for_a_reason_is_not_offered_for_many(as_engineer: Client) -> None:
    failed(1)
    text = as_engineer.get(RUNS).content.decode()
    assert 'value="retry"' in text
    assert 'value="cancel"' not in text
