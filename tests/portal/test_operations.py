"""The buttons: who may press them, that GET never does, and what they leave in the record."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from audit.choices import DeliveryStatus
from audit.models import Delivery, Event
from tests.portal import factories
from vending.choices import RunStatus, StepStatus
from vending.models import Run, StepRun

pytestmark = pytest.mark.django_db
DONE, BLOCKED = StepStatus.SUCCEEDED, StepStatus.BLOCKED
RUN_OPERATIONS = ["retry", "release", "hold", "cancel"]
STEP_OPERATIONS = ["retry", "skip"]


@pytest.fixture
def failed_run() -> Run:
    factories.world()
    return Run.objects.get(status=RunStatus.FAILED)


@pytest.fixture
def failed_step(failed_run: Run) -> StepRun:
    return failed_run.steps.get(status=StepStatus.FAILED)


@pytest.fixture
def as_engineer(client: Client) -> Client:
    client.force_login(factories.person("gus", "GAS engineer"))
    return client


def button(row: Any, name: str) -> str:
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_operation", args=[row.pk, name])


def page(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def shown(client: Client, row: Any) -> str:
    return client.get(page(row)).content.decode()


def told(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def test_an_engineer_retries_a_failed_run(as_engineer: Client, failed_run: Run, failed_step: StepRun) -> None:
    answer = as_engineer.post(button(failed_run, "retry"))
    assert answer.status_code == 302
    failed_run.refresh_from_db()
    failed_step.refresh_from_db()
    assert failed_run.status == RunStatus.RUNNING
    assert failed_step.status == StepStatus.READY
    assert Event.objects.filter(action="run.retried", run_id=failed_run.pk, actor="gus").count() == 1


def test_an_engineer_retries_a_step_and_comes_back_to_the_run(as_engineer: Client, failed_step: StepRun) -> None:
    answer = as_engineer.post(button(failed_step, "retry"))
    assert answer["Location"] == page(failed_step.run)
    failed_step.refresh_from_db()
    assert failed_step.status == StepStatus.READY


def test_a_skip_without_a_reason_is_asked_again(as_engineer: Client, failed_step: StepRun) -> None:
    answer = as_engineer.post(button(failed_step, "skip"), {"reason": "  "})
    assert answer.status_code == 200
    failed_step.refresh_from_db()
    assert failed_step.status == StepStatus.FAILED


def test_a_skip_keeps_its_reason_in_the_record(as_engineer: Client, failed_step: StepRun) -> None:
    as_engineer.post(button(failed_step, "skip"), {"reason": "Tags come later."})
    failed_step.refresh_from_db()
    assert failed_step.status == StepStatus.SKIPPED
    assert "Tags come later." in Event.objects.get(action="step.skipped").summary


def test_hold_and_release(as_engineer: Client, failed_run: Run) -> None:
    as_engineer.post(button(failed_run, "hold"), {"reason": "Wait for the owner."})
    failed_run.refresh_from_db()
    assert failed_run.status == RunStatus.ON_HOLD
    as_engineer.post(button(failed_run, "release"))
    failed_run.refresh_from_db()
    assert failed_run.status != RunStatus.ON_HOLD


def test_cancel_ends_the_run(as_engineer: Client, failed_run: Run) -> None:
    as_engineer.post(button(failed_run, "cancel"), {"reason": "Not needed any more."})
    failed_run.refresh_from_db()
    assert failed_run.status == RunStatus.CANCELLED


def test_what_the_state_does_not_allow_is_refused_in_a_sentence(as_engineer: Client, failed_run: Run) -> None:
    answer = as_engineer.post(button(failed_run, "release"))
    assert "only a run on hold can be released" in told(answer)
    failed_run.refresh_from_db()
    assert failed_run.status == RunStatus.FAILED


def test_only_what_the_state_allows_is_offered(as_engineer: Client, failed_run: Run) -> None:
    text = shown(as_engineer, failed_run)
    assert button(failed_run, "retry") in text
    assert button(failed_run, "release") not in text
    done = Run.objects.get(status=RunStatus.SUCCEEDED)
    assert "/do/" not in shown(as_engineer, done)


def test_a_failed_account_creation_cannot_be_skipped(as_engineer: Client) -> None:
    row = factories.request(40)
    made = factories.run(row, [StepStatus.FAILED, *[BLOCKED] * 4], RunStatus.FAILED)
    assert button(made.steps.get(step="create_account"), "skip") not in shown(as_engineer, made)


@pytest.mark.parametrize("name", RUN_OPERATIONS)
def test_asking_changes_nothing(as_engineer: Client, failed_run: Run, name: str) -> None:
    before = (Run.objects.values().get(pk=failed_run.pk), Event.objects.count())
    answer = as_engineer.get(button(failed_run, name))
    assert answer.status_code == 200
    assert b"csrfmiddlewaretoken" in answer.content
    assert (Run.objects.values().get(pk=failed_run.pk), Event.objects.count()) == before


@pytest.mark.parametrize("name", STEP_OPERATIONS)
def test_asking_about_a_step_changes_nothing(as_engineer: Client, failed_step: StepRun, name: str) -> None:
    before = StepRun.objects.values().get(pk=failed_step.pk)
    assert as_engineer.get(button(failed_step, name)).status_code == 200
    assert StepRun.objects.values().get(pk=failed_step.pk) == before


@pytest.mark.parametrize("name", RUN_OPERATIONS)
@pytest.mark.parametrize("group", ["Auditor", ""])
def test_others_press_no_button_of_a_run(client: Client, failed_run: Run, group: str, name: str) -> None:
    client.force_login(factories.person("other", group))
    before = Run.objects.values().get(pk=failed_run.pk)
    assert client.get(button(failed_run, name)).status_code == 403
    assert client.post(button(failed_run, name), {"reason": "because"}).status_code == 403
    assert Run.objects.values().get(pk=failed_run.pk) == before


@pytest.mark.parametrize("name", STEP_OPERATIONS)
@pytest.mark.parametrize("group", ["Auditor", ""])
def test_others_press_no_button_of_a_step(client: Client, failed_step: StepRun, group: str, name: str) -> None:
    client.force_login(factories.person("other", group))
    assert client.post(button(failed_step, name), {"reason": "because"}).status_code == 403
    failed_step.refresh_from_db()
    assert failed_step.status == StepStatus.FAILED


def test_a_stranger_is_sent_to_the_sign_in(client: Client, failed_run: Run) -> None:
    answer = client.post(button(failed_run, "retry"))
    assert "/admin/login/" in answer["Location"]
    failed_run.refresh_from_db()
    assert failed_run.status == RunStatus.FAILED


def test_a_post_without_a_token_is_refused(failed_run: Run) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(factories.person("gus", "GAS engineer"))
    assert strict.post(button(failed_run, "retry")).status_code == 403
    failed_run.refresh_from_db()
    assert failed_run.status == RunStatus.FAILED


def test_an_auditor_sees_no_buttons(client: Client, failed_run: Run) -> None:
    client.force_login(factories.person("audrey", "Auditor"))
    assert "/do/" not in shown(client, failed_run)


def test_an_engineer_resends_a_failed_message(as_engineer: Client, failed_run: Run) -> None:
    row = Delivery.objects.get(status=DeliveryStatus.FAILED)
    assert button(row, "resend") in shown(as_engineer, row)
    as_engineer.post(button(row, "resend"))
    row.refresh_from_db()
    assert row.status == DeliveryStatus.PENDING
    assert Event.objects.get(action="delivery.resent").actor == "gus"


def test_a_message_that_arrived_is_not_sent_again(as_engineer: Client, failed_run: Run) -> None:
    row = Delivery.objects.get(status=DeliveryStatus.SENT)
    assert "only a failed or skipped one" in told(as_engineer.post(button(row, "resend")))
    row.refresh_from_db()
    assert row.status == DeliveryStatus.SENT


def test_the_live_part_renews_itself_only_while_the_run_is_open(as_engineer: Client, failed_run: Run) -> None:
    going = Run.objects.get(status=RunStatus.RUNNING)
    live = as_engineer.get(reverse("admin:vending_run_live", args=[going.pk]))
    assert 'data-open="yes"' in live.content.decode()
    assert "<html" not in live.content.decode()
    assert "no-store" in live["Cache-Control"]
    assert 'data-open="no"' in as_engineer.get(reverse("admin:vending_run_live", args=[failed_run.pk])).content.decode()


def test_the_live_part_is_for_those_who_may_see_runs(client: Client, failed_run: Run) -> None:
    client.force_login(factories.person("other"))
    assert client.get(reverse("admin:vending_run_live", args=[failed_run.pk])).status_code == 403


def test_an_engineer_has_an_ignored_delivery_processed_again(as_engineer: Client) -> None:
    from jira_bridge.choices import Source, WebhookStatus
    from jira_bridge.models import WebhookDelivery
    from taskqueue import clock

    delivery = WebhookDelivery.objects.create(
        source=Source.AUTOMATION, body=b"{}", content_key="k", received_at=clock.now(), status=WebhookStatus.IGNORED
    )
    assert button(delivery, "again") in shown(as_engineer, delivery)
    as_engineer.post(button(delivery, "again"))
    delivery.refresh_from_db()
    assert delivery.status == WebhookStatus.RECEIVED
