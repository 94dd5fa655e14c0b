"""Closing an account: two people, a run of its own, and what AWS's limits make of it."""

import boto3
import pytest
from django.db import IntegrityError, transaction

from audit.models import Event
from audit.services import Actor
from compliance.choices import FindingStatus
from compliance.models import Finding
from compliance.services import check_account, sweep
from tests.vending.people import approve, ask_for
from vending.choices import AccountOrigin, AccountState, RecipeName, RequestStatus, RunStatus
from vending.models import Account, Closing, Run
from vending.services import NotAllowed, ask_to_close, cancel_run, confirm_closing, retry_run, withdraw_closing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("short_baseline")]
GUS, GINA = Actor.person("gus"), Actor.person("gina")


@pytest.fixture
def account(aws, drain) -> Account:
    request = ask_for("AVM-1")
    drain()
    approve(request)
    drain()
    return Account.objects.get()


def closed_by_two(account: Account) -> Run:
    ask_to_close(account=account, reason="The project ended.", actor=GUS)
    return confirm_closing(account=account, actor=GINA)


def in_aws(account: Account) -> dict:
    found = boto3.client("organizations", region_name="eu-central-1").describe_account(AccountId=account.account_id)
    return found["Account"]


def test_two_people_close_an_account(account, drain):
    run = closed_by_two(account)
    drain()
    run.refresh_from_db()
    account.refresh_from_db()
    assert (run.recipe, run.status) == (RecipeName.CLOSE, RunStatus.SUCCEEDED)
    assert account.state == AccountState.SUSPENDED
    assert in_aws(account)["Status"] == "SUSPENDED"
    told = Event.objects.filter(action__startswith="closing.").order_by("id").values_list("action", "actor")
    assert list(told) == [("closing.asked", "gus"), ("closing.confirmed", "gina")]


def test_the_request_stays_ready_and_its_ticket_hears_nothing(account, drain):
    before = Event.objects.filter(ticket="AVM-1").count()
    closed_by_two(account)
    drain()
    account.request.refresh_from_db()
    assert account.request.status == RequestStatus.READY
    assert Event.objects.filter(ticket="AVM-1").count() == before


def test_nobody_confirms_their_own_wish(account):
    ask_to_close(account=account, reason="The project ended.", actor=GUS)
    with pytest.raises(NotAllowed, match="another person"):
        confirm_closing(account=account, actor=GUS)
    assert not Run.objects.filter(recipe=RecipeName.CLOSE).exists()


def test_the_database_wants_two_people_too(account):
    closing = ask_to_close(account=account, reason="The project ended.", actor=GUS)
    with pytest.raises(IntegrityError), transaction.atomic():
        Closing.objects.filter(pk=closing.pk).update(confirmed_by="gus")


def test_asking_twice_is_refused(account):
    ask_to_close(account=account, reason="The project ended.", actor=GUS)
    with pytest.raises(NotAllowed, match="already"):
        ask_to_close(account=account, reason="Really.", actor=GINA)


def test_a_wish_needs_a_reason(account):
    with pytest.raises(NotAllowed, match="why"):
        ask_to_close(account=account, reason=" ", actor=GUS)


def test_a_withdrawn_wish_cannot_be_confirmed_and_another_can_be_made(account):
    ask_to_close(account=account, reason="The project ended.", actor=GUS)
    withdraw_closing(account=account, actor=GINA)
    with pytest.raises(NotAllowed, match="Nobody has asked"):
        confirm_closing(account=account, actor=GINA)
    ask_to_close(account=account, reason="Now it did.", actor=GINA)


def test_a_closed_account_is_not_closed_again(account, drain):
    closed_by_two(account)
    drain()
    with pytest.raises(NotAllowed, match="only an active account"):
        ask_to_close(account=account, reason="Again.", actor=GUS)


def test_an_adopted_account_is_refused_in_words(account):
    adopted = Account.objects.create(
        account_id="999999999999", name="old", email="old@example.com", origin=AccountOrigin.ADOPTED,
        created_at=account.created_at,
    )  # fmt: skip
    with pytest.raises(NotAllowed, match="adopted"):
        ask_to_close(account=adopted, reason="Old.", actor=GUS)


def test_an_open_run_goes_first(account, drain):
    closed_by_two(account)
    account.refresh_from_db()
    with pytest.raises(NotAllowed, match="is open"):
        ask_to_close(account=account, reason="Again.", actor=GUS)


def test_it_is_moved_to_the_closed_accounts_first(aws, account, drain, settings):
    settings.CLOSED_ACCOUNTS_UNIT = "Sandbox"
    run = closed_by_two(account)
    drain()
    assert list(run.steps.values_list("step", flat=True)) == ["closed_unit", "close_account"]
    organizations = boto3.client("organizations", region_name="eu-central-1")
    parent = organizations.list_parents(ChildId=account.account_id)["Parents"][0]["Id"]
    unit = organizations.describe_organizational_unit(OrganizationalUnitId=parent)["OrganizationalUnit"]
    assert unit["Name"] == "Sandbox"


def test_the_quota_of_closings_fails_the_run_in_words_and_a_retry_goes_on(aws, account, drain):
    aws.control.add_fault(
        service="organizations", operation="CloseAccount", kind="error", code="ConstraintViolationException",
        message="CLOSE_ACCOUNT_QUOTA_EXCEEDED: You have exceeded the number of accounts.", status=400, times=1,
    )  # fmt: skip
    run = closed_by_two(account)
    drain()
    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert "30 days" in run.steps.get(step="close_account").problem
    retry_run(run=run, actor=GINA)
    drain()
    run.refresh_from_db()
    assert run.status == RunStatus.SUCCEEDED


def test_a_lost_answer_closes_once(aws, account, drain):
    aws.control.add_fault(service="organizations", operation="CloseAccount", kind="drop_answer", times=1)
    run = closed_by_two(account)
    drain()
    run.refresh_from_db()
    assert run.status == RunStatus.SUCCEEDED


def test_a_cancelled_closing_leaves_the_request_ready(aws, account):
    run = closed_by_two(account)
    cancel_run(run=run, reason="Wrong account.", actor=GUS)
    account.request.refresh_from_db()
    assert account.request.status == RequestStatus.READY


def test_the_findings_of_a_closed_account_end(account, drain):
    check_account(account_id=account.pk)
    closed_by_two(account)
    drain()
    sweep()
    sweep()
    assert set(Finding.objects.values_list("status", flat=True)) == {FindingStatus.NOT_APPLICABLE}
    assert Event.objects.filter(action="finding.not_applicable").count() == 1
