"""Changing an account that exists: checked like a request, done by the steps that it concerns."""

from decimal import Decimal
from typing import Any

import boto3
import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from audit.models import Event
from audit.services import Actor
from tests.portal import factories
from tests.vending.people import WISH, approve, ask_for
from vending.changing import CHANGEABLE
from vending.choices import AccountOrigin, RecipeName, RequestStatus, RunStatus
from vending.models import Account, AccountChange, AwsCallRecord, LateEdit, Run
from vending.services import (
    NotAllowed,
    NotInOrder,
    ask_to_close,
    cancel_run,
    change_account,
    confirm_closing,
    retry_run,
)
from vending.services.baselines import import_baseline
from vending.steps import registry

pytestmark = pytest.mark.django_db
GUS, GINA = Actor.person("gus"), Actor.person("gina")
STEPS = ("create_account", "account_ready", "organizational_unit", "tags", "alternate_contacts", "budget")


@pytest.fixture
def account(aws, drain) -> Account:
    text = "steps:\n" + "".join(f"  {step}: {{}}\n" for step in STEPS)
    import_baseline(text=text, actor=Actor.system("test"), note="Short, for tests.")
    request = ask_for("AVM-1")
    drain()
    approve(request)
    drain()
    return Account.objects.get()


def change(account: Account, **wishes: Any) -> Run:
    return change_account(account=account, wishes=wishes, reason="The team moved.", actor=GUS)


def planned(run: Run) -> list[str]:
    return list(run.steps.order_by("position").values_list("step", flat=True))


def tags(account: Account) -> dict[str, str]:
    found = boto3.client("organizations", region_name="eu-central-1").list_tags_for_resource(
        ResourceId=account.account_id
    )
    return {tag["Key"]: tag["Value"] for tag in found["Tags"]}


def test_a_new_cost_center_is_set_by_the_one_step_that_knows_it(account, drain):
    run = change(account, cost_center="9999")
    drain()
    run.refresh_from_db()
    assert (run.recipe, run.status, planned(run)) == (RecipeName.CHANGE, RunStatus.SUCCEEDED, ["tags"])
    assert tags(account)["CostCenter"] == "9999"
    calls = AwsCallRecord.objects.filter(attempt__step_run__run=run, mutating=True)
    assert list(calls.values_list("operation", flat=True)) == ["TagResource"]


def test_several_fields_concern_their_steps_and_no_others(account, drain):
    contact = "Nina New; CISO; new@example.com; +49 30 99"
    run = change(account, monthly_budget="750", security_contact=contact, organizational_unit="Sandbox")
    drain()
    run.refresh_from_db()
    assert run.status == RunStatus.SUCCEEDED
    assert set(planned(run)) == {"organizational_unit", "tags", "alternate_contacts", "budget"}
    request = account.request
    request.refresh_from_db()
    assert request.monthly_budget == Decimal("750")
    assert request.contacts.get(kind="security").email == "new@example.com"
    operations = AwsCallRecord.objects.filter(attempt__step_run__run=run, mutating=True).values_list("operation")
    assert {name for (name,) in operations} == {"MoveAccount", "PutAlternateContact", "UpdateBudget"}


def test_request_and_account_say_the_new_wish_at_once_and_the_approval_keeps_the_old(account):
    change(account, owner="nina@example.com")
    account.refresh_from_db()
    account.request.refresh_from_db()
    assert account.owner == account.request.owner == "nina@example.com"
    assert account.request.status == RequestStatus.READY
    assert account.request.approvals.get().content["owner"] == "otto@example.com"


def test_what_was_changed_by_whom_and_why_is_on_record(account):
    run = change(account, cost_center="9999")
    event = Event.objects.get(action="account.changed")
    assert (event.actor, event.before, event.after) == ("gus", {"cost_center": "4711"}, {"cost_center": "9999"})
    assert "The team moved." in event.summary
    assert (run.change.before["cost_center"], run.change.after["cost_center"]) == ("4711", "9999")
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        AccountChange.objects.update(reason="Another one.")


def test_the_ticket_hears_only_of_the_change_and_its_old_words_are_no_late_edit(account, drain):
    before = set(Event.objects.filter(ticket="AVM-1"))
    change(account, cost_center="9999")
    drain()
    ask_for("AVM-1")
    account.request.refresh_from_db()
    assert account.request.cost_center == "9999"
    assert {event.action for event in set(Event.objects.filter(ticket="AVM-1")) - before} == {"account.changed"}
    assert not LateEdit.objects.exists()


def test_a_change_that_no_step_knows_is_done_at_once(account):
    run = change(account, approvers="nina@example.com")
    run.refresh_from_db()
    assert (planned(run), run.status) == ([], RunStatus.SUCCEEDED)


@pytest.mark.parametrize("wishes", [{}, {"cost_center": " 4711 "}, {"email": "other@example.com"}])
def test_where_nothing_would_change_nothing_begins(account, wishes):
    with pytest.raises(NotAllowed, match="nothing would change"):
        change(account, **wishes)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("cost_center", "4711 & 12", "cannot be used"),
        ("organizational_unit", "Atlantis", "not on offer"),
        ("optional_stack_sets", "no-such-set", "not on offer"),
        ("monthly_budget", "1.234", "cannot be read"),
        ("monthly_budget", "", "not taken away"),
        ("billing_contact", "", "not taken away"),
    ],
)
def test_a_value_that_breaks_a_rule_is_refused_at_its_field(account, field, value, sentence):
    with pytest.raises(NotInOrder, match=sentence) as refusal:
        change(account, **{field: value})
    assert [name for name, _sentence in refusal.value.faults] == [field]
    assert not Run.objects.filter(recipe=RecipeName.CHANGE).exists()


def test_while_aws_cannot_be_asked_nothing_is_changed(aws, account):
    aws.control.add_fault(
        service="organizations", operation="ListAccounts", kind="error", code="AccessDeniedException",
        message="no", status=400,
    )  # fmt: skip
    with pytest.raises(NotAllowed, match="could not be asked"):
        change(account, cost_center="9999")
    account.request.refresh_from_db()
    assert account.request.cost_center == "4711"


def test_what_a_step_works_by_can_change():
    assert {field for step in registry.STEPS for field in step.reads} <= set(CHANGEABLE)


def test_a_change_wants_a_reason(account):
    with pytest.raises(NotAllowed, match="why"):
        change_account(account=account, wishes={"cost_center": "9999"}, reason=" ", actor=GUS)


def test_one_run_of_an_account_at_a_time(account):
    ask_to_close(account=account, reason="Over.", actor=GUS)
    confirm_closing(account=account, actor=GINA)
    with pytest.raises(NotAllowed, match="is open"):
        change(account, cost_center="9999")


def test_an_adopted_account_is_refused_in_words(account):
    adopted = Account.objects.create(
        account_id="999999999999", name="old", email="old@example.com", origin=AccountOrigin.ADOPTED,
        created_at=account.created_at,
    )  # fmt: skip
    with pytest.raises(NotAllowed, match="adopted"):
        change(adopted, cost_center="9999")


def test_a_failed_change_is_retried_and_a_cancelled_one_leaves_the_request_ready(aws, account, drain):
    aws.control.add_fault(
        service="organizations", operation="TagResource", kind="error", code="InvalidInputException",
        message="no", status=400, times=1,
    )  # fmt: skip
    run = change(account, cost_center="9999")
    drain()
    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    retry_run(run=run, actor=GINA)
    drain()
    run.refresh_from_db()
    assert run.status == RunStatus.SUCCEEDED
    cancel_run(run=change(account, cost_center="8888"), reason="Wrong one.", actor=GUS)
    account.request.refresh_from_db()
    assert account.request.status == RequestStatus.READY


def form_of(account: Account, **edited: str) -> dict[str, str]:
    """What a browser sends: every field, what it was when the page was opened, and what the person typed."""
    shown = {
        "organizational_unit": "Production", "cost_center": "4711", "owner": "otto@example.com", "approvers": "",
        "purpose": WISH["purpose"], "security_contact": WISH["security_contact"],
        "operations_contact": WISH["operations_contact"], "billing_contact": WISH["billing_contact"],
        "optional_stack_sets": "", "monthly_budget": "500.00",
    }  # fmt: skip
    return shown | {f"initial-{name}": value for name, value in shown.items()} | edited


def test_an_engineer_changes_an_account_by_its_form_and_the_pages_tell_it(
    account, client: Client, django_assert_max_num_queries
):
    client.force_login(factories.person("gus", "GAS engineer"))
    page = reverse("admin:vending_account_change", args=[account.pk])
    form = reverse("admin:vending_account_wishes", args=[account.pk])
    assert form in client.get(page).content.decode()
    assert 'value="Sina Secure; Head of Security; soc@example.com; +49 30 1234"' in client.get(form).content.decode()
    answer = client.post(form, form_of(account, cost_center="9999", reason="The team moved."))
    assert (answer.status_code, answer["Location"]) == (302, page)
    run = reverse("admin:vending_run_change", args=[Run.objects.get(recipe=RecipeName.CHANGE).pk])
    for address in (page, run, reverse("admin:vending_accountrequest_change", args=[account.request_id])):
        with django_assert_max_num_queries(14):
            shown = client.get(address).content.decode()
        assert "gus changed the account: The team moved." in shown


def test_who_edits_another_field_takes_nobodys_change_back(account, client: Client, drain):
    sent = form_of(account, owner="nina@example.com", reason="She answers for it now.")
    change(account, cost_center="9999")
    drain()
    client.force_login(factories.person("gina", "GAS engineer"))
    client.post(reverse("admin:vending_account_wishes", args=[account.pk]), sent)
    account.refresh_from_db()
    assert (account.cost_center, account.owner) == ("9999", "nina@example.com")


def test_a_refused_form_says_why_in_german_and_keeps_what_was_typed(account, client: Client):
    client.force_login(factories.person("gus", "GAS engineer"))
    form = reverse("admin:vending_account_wishes", args=[account.pk])
    sent = form_of(account, cost_center="4711 & 12", owner="nina@example.com", reason="Umzug.")
    shown = client.post(form, sent, headers={"accept-language": "de"}).content.decode()
    assert "ist nicht verwendbar" in shown
    assert all(typed in shown for typed in ("4711 &amp; 12", "nina@example.com", "Umzug."))
    assert not Run.objects.filter(recipe=RecipeName.CHANGE).exists()


def test_an_auditor_changes_nothing(account, client: Client):
    client.force_login(factories.person("audrey", "Auditor"))
    form = reverse("admin:vending_account_wishes", args=[account.pk])
    assert client.get(form).status_code == 403
    assert client.post(form, form_of(account, cost_center="9999", reason="Because.")).status_code == 403
    assert form not in client.get(reverse("admin:vending_account_change", args=[account.pk])).content.decode()


def test_the_evidence_sheet_says_what_was_changed_since_by_whom_and_why(account, client):
    change(account, cost_center="9999")
    client.force_login(factories.person("ada", "Auditor"))
    text = client.get(reverse("admin:vending_account_evidence", args=[account.pk])).content.decode()
    section = text.split("What was changed since")[1].split("</section>")[0]
    for part in ("Cost center", "4711 → 9999", "gus", "The team moved."):
        assert part in section
