"""The auditor's one page, and the sheet for paper."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit import sealing
from audit.models import Event, Seal
from audit.services import Actor, record_event
from taskqueue import clock
from tests.portal import factories
from vending.choices import ContactKind
from vending.models import Account, Contact

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    factories.world()
    return Account.objects.get(account_id="210000000001")


@pytest.fixture
def as_auditor(client: Client) -> Client:
    client.force_login(factories.person("audrey", "Auditor"))
    return client


def page(account: Account) -> str:
    return reverse("admin:vending_account_change", args=[account.pk])


def sheet(account: Account) -> str:
    return reverse("admin:vending_account_evidence", args=[account.pk])


def test_the_page_answers_what_an_auditor_asks(as_auditor: Client, account: Account) -> None:
    Contact.objects.create(request=account.request, kind=ContactKind.SECURITY, name="Sina", email="soc@example.com")
    with CaptureQueriesContext(connection) as seen:
        text = as_auditor.get(page(account)).content.decode()
    assert len(seen) <= 12, [query["sql"][:120] for query in seen]
    for answer in (
        "2100-0000-0001", "gus.gas@example.com", account.request.content_hash, "Baseline 1", "CC-1001",
        "Workloads/Dev", "olga.owner@example.com", "soc@example.com", "CostCenter=CC-1001", "250", sheet(account),
    ):  # fmt: skip
        assert answer in text, answer


def test_an_adopted_account_says_that_nobody_approved_it_here(as_auditor: Client, account: Account) -> None:
    adopted = Account.objects.get(request=None)
    text = as_auditor.get(page(adopted)).content.decode()
    assert "No approval is known here" in text
    assert "No approval is known here" in as_auditor.get(sheet(adopted)).content.decode()


def test_the_history_holds_what_was_said_of_the_ticket_before_the_account_existed(
    as_auditor: Client, account: Account
) -> None:
    of_ticket = record_event(
        actor=Actor.jira("rita"), action="request.received", summary="AVM-1 asks for an account.",
        target_kind="request", target_id=account.request.pk, ticket="AVM-1",
    )  # fmt: skip
    of_account = record_event(
        actor=Actor.system("compliance"), action="finding.changed", summary="A tag is missing.",
        target_kind="account", target_id=account.pk, account_id=account.account_id,
    )  # fmt: skip
    text = as_auditor.get(sheet(account)).content.decode()
    assert of_ticket.summary in text
    assert of_account.summary in text
    assert "Vending payments-dev-2 has begun." not in text


def test_looking_at_the_sheet_leaves_no_trace_and_has_no_number(as_auditor: Client, account: Account) -> None:
    before = Event.objects.count()
    text = as_auditor.get(sheet(account)).content.decode()
    assert "Not issued yet." in text
    assert Event.objects.count() == before


def test_an_issued_sheet_is_numbered_by_its_event(as_auditor: Client, account: Account) -> None:
    with CaptureQueriesContext(connection) as seen:
        text = as_auditor.post(sheet(account)).content.decode()
    issued = Event.objects.get(action="evidence.issued")
    assert issued.actor == "audrey"
    assert issued.account_id == account.account_id
    assert f"Sheet {issued.pk}, taken by audrey" in text
    assert len(seen) <= 16


def test_the_sheet_names_the_approval_every_event_and_its_seal(as_auditor: Client, account: Account) -> None:
    text = as_auditor.get(sheet(account)).content.decode()
    assert "not sealed yet" in text
    started = Event.objects.get(ticket="AVM-1", action="run.started")
    digest = sealing.digest(started, sealing.ORIGIN)
    Seal.objects.create(
        number=1, event=started, previous_hash=sealing.ORIGIN, hash=digest, sealed_at=clock.now()
    )  # by hand: the sealer waits for this test's own transaction
    text = as_auditor.get(sheet(account)).content.decode()
    assert f"<td>{started.pk}</td>" in text
    assert digest[:16] in text
    assert digest in text  # the head of the chain
    assert account.request.content_hash in text


def test_a_person_in_no_group_gets_no_sheet(client: Client, account: Account) -> None:
    client.force_login(factories.person("stranger"))
    assert client.get(sheet(account)).status_code == 403
    assert client.post(sheet(account)).status_code == 403
    assert not Event.objects.filter(action="evidence.issued").exists()


def test_nobody_gets_a_sheet_without_signing_in(client: Client, account: Account) -> None:
    assert "/admin/login/" in client.post(sheet(account))["Location"]


def test_an_account_that_does_not_exist_has_no_sheet(as_auditor: Client) -> None:
    assert as_auditor.get("/admin/vending/account/987654/evidence/").status_code == 404


def test_the_sheet_needs_no_inline_script_or_style(as_auditor: Client, account: Account) -> None:
    text = as_auditor.post(sheet(account)).content.decode()
    assert "<style" not in text
    assert " style=" not in text
    assert text.count("<script") == text.count("<script src=") == 1
