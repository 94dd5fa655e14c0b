"""What a button's question says before one answers it."""

import pytest
from django.test import Client
from django.urls import reverse

from taskqueue import clock
from tests.portal import factories
from vending.choices import RequestStatus, RunStatus, StepStatus
from vending.models import Closing, Run, StepRun

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed_step() -> StepRun:
    row = factories.request(2, RequestStatus.FAILED)
    states = [StepStatus.SUCCEEDED, StepStatus.FAILED, *[StepStatus.BLOCKED] * 3]
    return factories.run(row, states, RunStatus.FAILED).steps.get(status=StepStatus.FAILED)


@pytest.fixture
def as_engineer(client: Client) -> Client:
    client.force_login(factories.person("gus", "GAS engineer"))
    return client


def question(client: Client, model: str, pk: int, name: str) -> str:
    return client.get(reverse(f"admin:vending_{model}_operation", args=[pk, name])).content.decode()


def test_who_confirms_a_closing_reads_who_asked_for_it_and_why(as_engineer: Client) -> None:
    account = factories.account(factories.request(1, RequestStatus.READY), 1)
    Closing.objects.create(account=account, asked_by="greta", asked_at=clock.now(), reason="The project has ended.")
    asked = question(as_engineer, "account", account.pk, "confirm-closing")
    assert "greta" in asked
    assert "The project has ended." in asked


def test_who_skips_a_step_reads_whose_it_is_and_what_went_wrong(as_engineer: Client, failed_step: StepRun) -> None:
    asked = question(as_engineer, "steprun", failed_step.pk, "skip")
    assert "AVM-2 payments-dev-2" in asked
    assert "AWS refuses the tag" in asked


def test_a_missing_reason_is_said_at_its_field_with_what_to_do(as_engineer: Client, failed_step: StepRun) -> None:
    address = reverse("admin:vending_steprun_operation", args=[failed_step.pk, "skip"])
    answer = as_engineer.post(address, {"reason": "  "}).content.decode()
    assert "Say why, in a sentence." in answer
    assert 'id="id_reason_error"' in answer
    assert 'id="id_reason_helptext"' in answer


def test_what_is_not_possible_any_more_has_only_the_way_back(as_engineer: Client, failed_step: StepRun) -> None:
    Run.objects.update(status=RunStatus.CANCELLED)
    asked = question(as_engineer, "run", failed_step.run_id, "cancel")
    assert "not possible any more" in asked
    assert 'name="reason"' not in asked
    assert "av-button-danger" not in asked


def test_a_german_question_names_the_step_in_german(as_engineer: Client, failed_step: StepRun) -> None:
    StepRun.objects.update(title="Set the password policy")
    address = reverse("admin:vending_steprun_operation", args=[failed_step.pk, "skip"])
    answer = as_engineer.get(address, headers={"Accept-Language": "de"}).content.decode()
    assert "Überspringen: Passwortrichtlinie setzen" in answer
