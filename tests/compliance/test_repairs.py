"""Repair: act where look said no, and nowhere else."""

import boto3
import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Event
from audit.services import Actor
from compliance import services
from compliance.choices import FindingStatus
from compliance.models import Finding
from compliance.repairs import repair_account
from tests.portal import factories
from tests.vending.people import approve, ask_for
from vending.choices import RecipeName, RequestStatus, RunStatus
from vending.models import Account, AwsCallRecord, Run
from vending.services import NotAllowed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("short_baseline")]
GUS = Actor.person("gus")


@pytest.fixture
def account(aws, drain) -> Account:
    request = ask_for("AVM-1")
    drain()
    approve(request)
    drain()
    return Account.objects.get()


@pytest.fixture
def untagged(account) -> Account:
    boto3.client("organizations", region_name="eu-central-1").untag_resource(
        ResourceId=account.account_id, TagKeys=["CostCenter"]
    )
    services.check_account(account_id=account.pk)
    return account


def test_what_deviates_is_mended_by_its_step_alone(untagged, drain):
    run = repair_account(account=untagged, reason="Somebody removed a tag.", actor=GUS)
    drain()
    run.refresh_from_db()
    assert (run.recipe, run.status) == (RecipeName.REPAIR, RunStatus.SUCCEEDED)
    assert list(run.steps.values_list("step", flat=True)) == ["tags"]
    calls = AwsCallRecord.objects.filter(attempt__step_run__run=run, mutating=True)
    assert list(calls.values_list("operation", flat=True)) == ["TagResource"]
    services.check_account(account_id=untagged.pk)
    assert Finding.objects.get(control="tags").status == FindingStatus.COMPLIES


def test_the_next_round_looks_whether_the_repair_helped(untagged, drain):
    repair_account(account=untagged, reason="Somebody removed a tag.", actor=GUS)
    drain()
    assert services.sweep() == 1
    assert services.sweep() == 0
    drain()
    assert Finding.objects.get(control="tags").status == FindingStatus.COMPLIES


def test_a_repair_is_on_record_and_no_affair_of_the_ticket(untagged, drain):
    before = Event.objects.filter(ticket="AVM-1").count()
    ready = untagged.ready_at
    run = repair_account(account=untagged, reason="Somebody removed a tag.", actor=GUS)
    drain()
    started = Event.objects.get(action="run.started", run_id=run.pk)
    assert started.actor == "gus"
    assert "Somebody removed a tag." in started.summary
    assert Event.objects.filter(ticket="AVM-1").count() == before
    untagged.refresh_from_db()
    untagged.request.refresh_from_db()
    assert (untagged.ready_at, untagged.request.status) == (ready, RequestStatus.READY)


def test_a_second_repair_changes_nothing(untagged, drain):
    for _ in range(2):
        run = repair_account(account=untagged, reason="Somebody removed a tag.", actor=GUS)
        drain()
    assert not AwsCallRecord.objects.filter(attempt__step_run__run=run, mutating=True).exists()


def test_one_repair_at_a_time(untagged):
    repair_account(account=untagged, reason="Somebody removed a tag.", actor=GUS)
    with pytest.raises(NotAllowed, match="is open"):
        repair_account(account=untagged, reason="Again.", actor=GUS)


def test_where_nothing_deviates_there_is_nothing_to_repair(account):
    services.check_account(account_id=account.pk)
    with pytest.raises(NotAllowed, match="no deviation"):
        repair_account(account=account, reason="To be sure.", actor=GUS)


def test_a_repair_wants_a_reason(untagged):
    with pytest.raises(NotAllowed, match="why"):
        repair_account(account=untagged, reason=" ", actor=GUS)


def test_an_adopted_account_is_refused_in_words(aws):
    services.adopt_accounts(actor=GUS)
    with pytest.raises(NotAllowed, match="adopted"):
        repair_account(account=Account.objects.first(), reason="Why not.", actor=GUS)


def test_the_button_is_on_the_page_of_an_account_that_deviates(untagged, client: Client):
    client.force_login(factories.person("gus", "GAS engineer"))
    button = reverse("admin:vending_account_operation", args=[untagged.pk, "repair"])
    assert button in client.get(reverse("admin:vending_account_change", args=[untagged.pk])).content.decode()
    client.post(button, {"reason": "Somebody removed a tag."})
    assert Run.objects.filter(recipe=RecipeName.REPAIR).count() == 1


@pytest.mark.parametrize("name", ["repair", "close", "confirm-closing", "withdraw-closing"])
def test_an_auditor_presses_no_button_of_an_account(untagged, client: Client, name: str):
    client.force_login(factories.person("audrey", "Auditor"))
    button = reverse("admin:vending_account_operation", args=[untagged.pk, name])
    assert client.post(button, {"reason": "because"}).status_code == 403
    page = client.get(reverse("admin:vending_account_change", args=[untagged.pk])).content.decode()
    assert "/do/" not in page


def test_two_engineers_close_an_account_by_the_buttons(untagged, client: Client, django_assert_max_num_queries):
    page = reverse("admin:vending_account_change", args=[untagged.pk])
    client.force_login(factories.person("gus", "GAS engineer"))
    client.post(reverse("admin:vending_account_operation", args=[untagged.pk, "close"]), {"reason": "Over."})
    client.post(reverse("admin:vending_account_operation", args=[untagged.pk, "confirm-closing"]))
    assert not Run.objects.filter(recipe=RecipeName.CLOSE).exists()
    client.force_login(factories.person("gina", "GAS engineer"))
    with django_assert_max_num_queries(14):
        assert "asks to close this account" in client.get(page).content.decode()
    client.post(reverse("admin:vending_account_operation", args=[untagged.pk, "confirm-closing"]))
    assert Run.objects.filter(recipe=RecipeName.CLOSE).count() == 1
