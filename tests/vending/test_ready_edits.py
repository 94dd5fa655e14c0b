"""A ticket that is edited when its account is ready: the account is changed by it, or left as it is."""

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Event
from audit.services import Actor
from tests.portal import factories
from tests.vending.people import approve, ask_for
from vending.choices import RecipeName, RequestStatus, RunStatus
from vending.models import Account, LateEdit, Run
from vending.services import NotAllowed, change_account, change_by_edit, leave_as_it_is

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("short_baseline")]
GREG = Actor.person("greg")


@pytest.fixture
def account(aws, drain) -> Account:
    request = ask_for("AVM-1")
    drain()
    approve(request)
    drain()
    return Account.objects.get()


def test_an_edit_of_a_ready_accounts_ticket_awaits_a_decision_and_holds_nothing(account):
    request = ask_for("AVM-1", cost_center="9999")
    assert (request.status, request.cost_center) == (RequestStatus.READY, "4711")
    assert Event.objects.get(action="request.edited_late").after == {"cost_center": "9999"}
    ask_for("AVM-1")
    assert not LateEdit.objects.exists()


def test_the_account_is_changed_by_the_edit_as_far_as_it_can_change(account, drain):
    request = ask_for("AVM-1", cost_center="9999", account_name="Purchases")
    run = change_by_edit(request=request, actor=GREG)
    drain()
    run.refresh_from_db()
    account.refresh_from_db()
    assert (run.recipe, run.status, account.cost_center) == (RecipeName.CHANGE, RunStatus.SUCCEEDED, "9999")
    assert "rita@example.com edited AVM-1" in run.change.reason
    assert "Not taken over, since the account was made by it: account name." in run.change.reason
    ask_for("AVM-1", cost_center="9999", account_name="Purchases")
    assert not LateEdit.objects.exists()


def test_an_edit_takes_back_nothing_that_was_changed_here(account, drain):
    change_account(account=account, wishes={"cost_center": "8888"}, reason="The team moved.", actor=GREG)
    drain()
    change_by_edit(request=ask_for("AVM-1", owner="nina@example.com"), actor=GREG)
    account.refresh_from_db()
    assert (account.cost_center, account.owner) == ("8888", "nina@example.com")


def test_an_edit_of_what_cannot_change_is_refused_in_words(account):
    with pytest.raises(NotAllowed, match="Leave it as it is"):
        change_by_edit(request=ask_for("AVM-1", account_name="Purchases"), actor=GREG)


def test_an_edit_with_a_fault_changes_nothing_and_stays(account):
    with pytest.raises(NotAllowed, match="not on offer"):
        change_by_edit(request=ask_for("AVM-1", organizational_unit="Atlantis"), actor=GREG)
    assert LateEdit.objects.exists()


def test_who_asked_for_the_account_does_not_change_it_by_their_own_edit(account):
    request = ask_for("AVM-1", cost_center="9999")
    with pytest.raises(NotAllowed, match="Somebody else"):
        change_by_edit(request=request, actor=Actor.person("rita@example.com"))


def test_what_is_left_as_it_is_is_asked_once_and_on_record(account):
    leave_as_it_is(request=ask_for("AVM-1", cost_center="9999"), reason="Not agreed.", actor=GREG)
    ask_for("AVM-1", cost_center="9999")
    account.refresh_from_db()
    assert (account.cost_center, LateEdit.objects.count()) == ("4711", 0)
    assert "Not agreed." in Event.objects.get(action="request.edit_left").summary


@pytest.mark.parametrize(("group", "answer"), [("GAS engineer", 302), ("Auditor", 403)])
def test_the_button_is_on_the_request_page_for_who_may_change(account, client: Client, group: str, answer: int):
    request = ask_for("AVM-1", cost_center="9999")
    client.force_login(factories.person("greg", group))
    assert "edited after the account was ready" in client.get(reverse("admin:index")).content.decode()
    page = client.get(reverse("admin:vending_accountrequest_change", args=[request.pk])).content.decode()
    assert ("Change the account" in page) == (answer == 302)
    address = reverse("admin:vending_accountrequest_operation", args=[request.pk, "change_by_edit"])
    assert client.post(address).status_code == answer
    assert Run.objects.filter(recipe=RecipeName.CHANGE).exists() == (answer == 302)
