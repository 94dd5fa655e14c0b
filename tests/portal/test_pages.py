"""Every page of the admin: who may open it, what it shows, how few queries it needs."""

from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import Delivery
from tests.portal import factories
from vending.choices import RunStatus, StepStatus
from vending.models import Account, AccountRequest, Run, StepRun

pytestmark = pytest.mark.django_db
PAGES_OF_THE_PORTAL = ("vending", "audit", "jira_bridge")


def lists() -> list[type[Any]]:
    return [model for model in admin.site._registry if model._meta.app_label in PAGES_OF_THE_PORTAL]


RECORDS = [model for model in lists() if model._meta.app_label != "jira_bridge"]


def address(model: type[Any], name: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


@pytest.fixture
def as_auditor(client: Client) -> Client:
    client.force_login(factories.person("audrey", "Auditor"))
    return client


@pytest.mark.parametrize("model", lists(), ids=lambda model: model._meta.label)
def test_an_auditor_reads_every_list_and_every_row(as_auditor: Client, model: type[Any]) -> None:
    factories.world()
    assert as_auditor.get(address(model, "changelist")).status_code == 200
    row = model._default_manager.first()
    if row is not None:
        assert as_auditor.get(address(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("model", lists(), ids=lambda model: model._meta.label)
def test_a_person_in_no_group_sees_no_list(client: Client, model: type[Any]) -> None:
    client.force_login(factories.person("stranger"))
    assert client.get(address(model, "changelist")).status_code == 403


@pytest.mark.parametrize("model", lists(), ids=lambda model: model._meta.label)
def test_nobody_gets_in_without_signing_in(client: Client, model: type[Any]) -> None:
    answer = client.get(address(model, "changelist"))
    assert answer.status_code == 302
    assert "/admin/login/" in answer["Location"]


@pytest.mark.parametrize("model", lists(), ids=lambda model: model._meta.label)
def test_an_auditor_can_change_nothing(as_auditor: Client, model: type[Any]) -> None:
    factories.world()
    assert as_auditor.get(address(model, "add")).status_code == 403
    row = model._default_manager.first()
    if row is not None:
        assert as_auditor.post(address(model, "change", row.pk), {}).status_code == 403
        assert as_auditor.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model._meta.label)
def test_not_even_a_superuser_edits_the_record(client: Client, model: type[Any]) -> None:
    factories.world()
    client.force_login(factories.person("root", superuser=True))
    row = model._default_manager.first()
    assert client.get(address(model, "add")).status_code == 403
    if row is not None:
        assert client.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", lists(), ids=lambda model: model._meta.label)
def test_a_list_needs_no_more_queries_with_more_rows(as_auditor: Client, model: type[Any]) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            as_auditor.get(address(model, "changelist"))
        return len(seen)

    factories.world()
    few = queries()
    for number in range(20, 26):
        row = factories.request(number)
        factories.approve(row)
        factories.run(row, [StepStatus.SUCCEEDED] * 5, RunStatus.SUCCEEDED, factories.account(row, number))
    assert queries() <= few <= 12


@pytest.mark.parametrize("model", [AccountRequest, Run, StepRun, Account, Delivery], ids=lambda m: m._meta.label)
def test_a_page_needs_at_most_twelve_queries(as_auditor: Client, model: type[Any]) -> None:
    factories.world()
    row = model._default_manager.first()
    with CaptureQueriesContext(connection) as seen:
        as_auditor.get(address(model, "change", row.pk))
    assert len(seen) <= 12, [query["sql"][:120] for query in seen]


@pytest.mark.parametrize("typed", ["AVM-1", "210000000001", "2100-0000-0001", "payments-dev-1", "CC-1001"])
def test_an_account_is_found_by_what_people_type(as_auditor: Client, typed: str) -> None:
    factories.world()
    page = as_auditor.get(address(Account, "changelist"), {"q": typed}).content.decode()
    assert "210000000001" in page
    assert "210000000009" not in page


def test_the_request_page_tells_the_whole_story(as_auditor: Client) -> None:
    factories.world()
    row = AccountRequest.objects.get(ticket="AVM-2")
    page = as_auditor.get(address(AccountRequest, "change", row.pk)).content.decode()
    assert "Payments-dev-2" in page  # as it came
    assert "payments-dev-2" in page  # cleaned
    assert "gus.gas@example.com" in page
    assert "on exactly this content" in page
    assert "run.started" in page
    assert "Jira answers 503" in page


def test_a_failed_run_says_what_to_do_and_keeps_the_technical_side_folded(as_auditor: Client) -> None:
    factories.world()
    page = as_auditor.get(address(Run, "change", Run.objects.get(status="failed").pk)).content.decode()
    assert "Correct its value in the ticket, then retry." in page
    assert "<details" in page
    assert "InvalidInputException" in page


def test_what_a_requester_wrote_is_never_markup(as_auditor: Client) -> None:
    row = factories.request(66, account_name="<script>alert(1)</script>")
    page = as_auditor.get(address(AccountRequest, "change", row.pk)).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_dashboard_says_what_needs_a_person(as_auditor: Client) -> None:
    factories.world()
    with CaptureQueriesContext(connection) as seen:
        page = as_auditor.get("/admin/").content.decode()
    assert "Correct its value in the ticket, then retry." in page
    assert "No work gets done." in page
    assert len(seen) <= 12


def test_the_empty_dashboard_teaches(as_auditor: Client) -> None:
    page = as_auditor.get("/admin/").content.decode()
    assert "One starts by itself when an approved ticket arrives from Jira." in page


def test_the_dashboard_tells_a_person_without_a_group_whom_to_ask(client: Client) -> None:
    factories.world()
    client.force_login(factories.person("stranger"))
    page = client.get("/admin/").content.decode()
    assert "in no group yet" in page
    assert "AVM-2" not in page


def test_signing_in_leads_to_the_dashboard(client: Client) -> None:
    factories.person("gus", "GAS engineer")
    answer = client.post("/admin/login/", {"username": "gus", "password": "a long password for tests", "next": ""})
    assert answer["Location"] == "/admin/"


def test_a_status_is_shown_in_words_on_its_page(as_auditor: Client) -> None:
    factories.world()
    page = as_auditor.get(address(Delivery, "change", Delivery.objects.get(status="failed").pk)).content.decode()
    assert '<span class="av-label av-danger">Failed</span>' in page


def test_the_site_is_our_own(as_auditor: Client) -> None:
    assert "<title> Dashboard" in as_auditor.get("/admin/").content.decode()
