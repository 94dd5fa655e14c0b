"""The story of a ticket: what was approved beside what it says now, and who may read how much of it."""

import pytest
from django.test import Client
from django.urls import reverse

from taskqueue import clock
from tests.portal import factories
from vending import content
from vending.choices import Decision, RequestStatus, RunStatus, StepStatus
from vending.models import AccountRequest, Approval, LateEdit
from vending.pages.requests import request_story

pytestmark = pytest.mark.django_db


def page(client: Client, row: AccountRequest, group: str = "Auditor") -> str:
    client.force_login(factories.person("someone", group))
    return client.get(reverse("admin:vending_accountrequest_change", args=[row.pk])).content.decode()


def approved_as(row: AccountRequest, **fields: str) -> Approval:
    raw = content.as_json(content.of_request(row)) | fields
    return Approval.objects.create(
        request=row, decision=Decision.APPROVED, decided_by="gus.gas@example.com", decided_at=clock.now(),
        content_hash=content.content_hash(content.clean(raw)), content=raw, source="test",
    )  # fmt: skip


def test_an_edit_after_the_approval_stands_beside_what_was_approved(client: Client) -> None:
    row = factories.request(1, RequestStatus.ON_HOLD)
    factories.approve(row)
    raw = content.as_json(content.of_request(row)) | {"cost_center": "CC-9999"}
    LateEdit.objects.create(
        request=row, raw=raw, content_hash="1" * 64, edited_by="rita@example.com", noticed_at=clock.now()
    )
    story = request_story(str(row.pk))
    assert story is not None
    assert [(change.field, change.old, change.new) for change in story.edited] == [
        ("cost_center", "CC-1001", "CC-9999")
    ]
    text = page(client, row)
    assert "The ticket says something else now" in text
    assert "rita@example.com edited it after its approval" in text


def test_a_request_that_reads_as_approved_shows_no_difference(client: Client) -> None:
    row = factories.request(1, RequestStatus.READY)
    approval = approved_as(row)
    AccountRequest.objects.filter(pk=row.pk).update(content_hash=approval.content_hash)
    text = page(client, row)
    assert "Changed since its approval" not in text
    assert "The ticket says something else now" not in text
    assert "on exactly this content" in text


def test_what_changed_since_the_approval_is_named_field_by_field() -> None:
    row = factories.request(1)
    approved_as(row, environment="prod")
    story = request_story(str(row.pk))
    assert story is not None
    assert [(change.field, change.old, change.new) for change in story.approved_otherwise] == [
        ("environment", "prod", "dev")
    ]


def test_a_viewer_reads_the_story_without_the_record(client: Client) -> None:
    factories.world()
    text = page(client, AccountRequest.objects.get(ticket="AVM-2"), "Viewer")
    assert "payments-dev-2" in text
    assert "gus.gas@example.com" in text
    assert "Jira answers 503" not in text
    assert "run.started" not in text


def test_an_engineer_retries_the_failed_run_from_here(client: Client) -> None:
    row = factories.request(8, RequestStatus.FAILED)
    run = factories.run(row, [StepStatus.FAILED, *[StepStatus.BLOCKED] * 4], RunStatus.FAILED)
    address = reverse("admin:vending_accountrequest_operation", args=[row.pk, "retry"])
    assert address not in page(client, row)
    client.force_login(factories.person("gus", "GAS engineer"))
    assert address in client.get(reverse("admin:vending_accountrequest_change", args=[row.pk])).content.decode()
    client.post(address)
    run.refresh_from_db()
    assert run.status == RunStatus.RUNNING


@pytest.mark.parametrize("pk", ["0", "999999999", "9" * 30, "abc", "%00"])
def test_a_request_that_does_not_exist_leads_back(client: Client, pk: str) -> None:
    client.force_login(factories.person("audrey", "Auditor"))
    assert client.get(f"/admin/vending/accountrequest/{pk}/change/").status_code in (302, 404)
