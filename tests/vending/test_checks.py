"""A request whose fault lies outside its form is checked again: by a person, and slowly by itself."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Event
from audit.services import Actor
from taskqueue import clock
from tests.portal import factories
from tests.vending.people import ask_for
from vending import preflight
from vending.choices import RequestStatus
from vending.models import AccountRequest
from vending.services import NotAllowed, check_again
from vending.services.checks import sweep

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("short_baseline")]
GUS = Actor.person("gus")


@pytest.fixture
def full(aws, monkeypatch) -> None:
    """The organization has as many accounts as AWS allows."""
    monkeypatch.setattr(preflight, "_accounts_quota", lambda _clients: 1)


@pytest.fixture
def request_(full, drain) -> AccountRequest:
    row = ask_for("AVM-1")
    drain()
    row.refresh_from_db()
    assert row.status == RequestStatus.TO_CORRECT
    return row


def raise_quota(monkeypatch) -> None:
    monkeypatch.setattr(preflight, "_accounts_quota", lambda _clients: 100)


def test_what_is_in_order_now_can_be_approved(request_, drain, monkeypatch):
    raise_quota(monkeypatch)
    check_again(request=request_, actor=GUS)
    drain()
    request_.refresh_from_db()
    assert request_.status == RequestStatus.AWAITING_APPROVAL
    assert request_.recheck_at is None
    assert Event.objects.get(action="request.checked_again").actor == "gus"


def test_the_ticket_is_not_told_twice_of_the_same_fault(request_, drain):
    check_again(request=request_, actor=GUS)
    drain()
    request_.refresh_from_db()
    assert request_.status == RequestStatus.TO_CORRECT
    assert Event.objects.filter(action="request.to_correct").count() == 1


def test_the_ticket_is_told_of_another_fault(request_, drain, monkeypatch):
    raise_quota(monkeypatch)
    monkeypatch.setattr("vending.aws.ssm.organizational_units", lambda *_a, **_k: {"Elsewhere": "ou-1"})
    check_again(request=request_, actor=GUS)
    drain()
    assert Event.objects.filter(action="request.to_correct").count() == 2


def test_the_slow_sweep_finds_it_after_an_hour_and_once(request_, drain, monkeypatch):
    assert sweep() == 0
    AccountRequest.objects.update(recheck_at=clock.now() - timedelta(seconds=1))
    raise_quota(monkeypatch)
    assert (sweep(), sweep()) == (1, 0)
    drain()
    request_.refresh_from_db()
    assert request_.status == RequestStatus.AWAITING_APPROVAL


def test_a_forgotten_ticket_is_left_alone(request_, drain):
    AccountRequest.objects.update(changed_at=clock.now() - timedelta(days=31))
    check_again(request=request_, actor=GUS)
    drain()
    request_.refresh_from_db()
    assert request_.recheck_at is None


def test_only_what_has_something_to_correct_is_checked_again(request_, drain, monkeypatch):
    raise_quota(monkeypatch)
    check_again(request=request_, actor=GUS)
    drain()
    with pytest.raises(NotAllowed, match="something to correct"):
        check_again(request=request_, actor=GUS)


def test_the_button_is_for_engineers(request_, client: Client):
    button = reverse("admin:vending_accountrequest_operation", args=[request_.pk, "check"])
    client.force_login(factories.person("audrey", "Auditor"))
    assert client.post(button).status_code == 403
    client.force_login(factories.person("gus", "GAS engineer"))
    page = reverse("admin:vending_accountrequest_change", args=[request_.pk])
    assert button in client.get(page).content.decode()
    client.post(button)
    assert Event.objects.filter(action="request.checked_again").count() == 1
