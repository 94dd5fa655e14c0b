"""Who decided on what: an approval belongs to the move into the status, and to what the ticket said then."""

import httpx
import pytest

from audit.models import Event
from jira_bridge.choices import WebhookStatus
from jira_bridge.models import Ticket, WebhookDelivery
from tests.jira_bridge import shapes
from vending.choices import Decision, RequestStatus
from vending.models import AccountRequest, Approval, Run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mapping", "short_baseline")]
T0 = 1_700_000_000_000
RITA = {"accountId": "qm:rita", "displayName": "Rita Requester"}


@pytest.fixture
def deliver(client):
    """Post a delivery as Automation does; returns the stored row."""

    def post(document):
        answer = client.post(
            "/jira/webhook", shapes.as_bytes(document), content_type="application/json",
            headers={"X-API-Key": "test-key-1"},
        )  # fmt: skip
        assert answer.status_code == 202, answer.content
        return WebhookDelivery.objects.get(public_id=answer.json()["delivery"])

    return post


def edit(updated="2023-11-14T22:15:00.000+0000", **fields):
    """A native delivery of an edit by the requester while the ticket stands at In Progress."""
    document = shapes.native(updated=updated, **fields)
    document["user"] = RITA
    document["changelog"]["items"] = [
        {"field": name, "fieldtype": "custom", "fieldId": name, "fromString": "x", "toString": "y"} for name in fields
    ]
    return document


def test_whoever_corrects_a_ticket_that_stands_at_in_progress_approves_nothing(aws, drain, deliver):
    deliver(shapes.native(customfield_10101="Bücher"))
    drain()
    deliver(edit(customfield_10101="Books"))
    drain()
    assert AccountRequest.objects.get().status == RequestStatus.AWAITING_APPROVAL
    assert [approval.content["account_name"] for approval in Approval.objects.all()] == ["Bücher"]
    assert not Run.objects.exists()


def test_an_edit_that_automation_sends_without_a_changelog_approves_nothing(aws, drain, deliver):
    deliver(shapes.automation(status="In Progress", customfield_10101="Bücher"))
    drain()
    deliver(shapes.automation(status="In Progress", updated=T0 + 1000, customfield_10101="Books"))
    drain()
    assert AccountRequest.objects.get().status == RequestStatus.AWAITING_APPROVAL
    assert not Run.objects.exists()


def test_the_ticket_is_told_that_an_edited_request_needs_a_new_approval(aws, drain, deliver):
    deliver(shapes.native(customfield_10101="Bücher"))
    drain()
    deliver(edit(customfield_10101="Books"))
    assert not Event.objects.filter(action="request.on_hold").exists()
    drain()
    assert Event.objects.filter(action="request.on_hold", ticket="AVM-1").count() == 1


def test_a_second_approval_after_the_correction_vends(aws, drain, deliver):
    deliver(shapes.automation(status="In Progress", customfield_10101="Bücher"))
    deliver(shapes.automation(status="Waiting for customer", updated=T0 + 1000, customfield_10101="Bücher"))
    deliver(shapes.automation(status="Waiting for approval", updated=T0 + 2000))
    drain()
    assert not Run.objects.exists()
    deliver(shapes.automation(status="In Progress", updated=T0 + 3000))
    drain()
    assert AccountRequest.objects.get().status == RequestStatus.READY


def test_an_edit_that_arrives_before_the_approval_of_the_old_content_is_not_vended(aws, drain, deliver):
    deliver(shapes.native(status="Waiting for approval", updated="2023-11-14T22:00:00.000+0000"))
    drain()
    deliver(edit(customfield_10105="9999"))
    drain()
    assert not Approval.objects.exists()
    late = deliver(shapes.native())
    drain()
    late.refresh_from_db()
    assert late.status == WebhookStatus.PROCESSED
    assert not Approval.objects.exists()
    assert not Run.objects.exists()
    assert Event.objects.filter(action="request.on_hold").exists()


def test_an_approval_overtaken_by_a_change_of_another_field_still_counts(aws, drain, deliver):
    deliver(shapes.native(status="Waiting for approval", updated="2023-11-14T22:00:00.000+0000"))
    deliver(edit(priority={"name": "High"}))
    drain()
    assert not Approval.objects.exists()
    deliver(shapes.native())
    drain()
    assert Approval.objects.get().decided_by == "gus@example.com"
    assert AccountRequest.objects.get().status == RequestStatus.READY


def test_an_approval_overtaken_by_a_decline_counts_no_more(aws, drain, deliver):
    deliver(shapes.native(status="Declined", updated="2023-11-14T22:15:00.000+0000"))
    late = deliver(shapes.native())
    drain()
    late.refresh_from_db()
    assert late.status == WebhookStatus.IGNORED
    assert AccountRequest.objects.get().status == RequestStatus.DECLINED
    assert not Run.objects.exists()


def test_an_approver_whose_address_jira_hides_is_named_with_the_account_id(aws, drain, deliver):
    document = shapes.native()
    document["user"] = {"accountId": "712020:gus", "displayName": "Gus", "accountType": "atlassian"}
    deliver(document)
    drain()
    assert Approval.objects.get().decided_by == "Gus (712020:gus)"


def test_automation_names_nobody_and_the_record_says_so(aws, drain, deliver):
    deliver(shapes.automation(status="In Progress"))
    drain()
    assert Approval.objects.get().decided_by == "unknown (Jira automation)"


def test_a_deleted_ticket_is_withdrawn(aws, drain, deliver):
    deliver(shapes.automation())
    drain()
    deleted = shapes.native(status="Waiting for approval", updated="2023-11-14T22:15:00.000+0000")
    deliver({**deleted, "webhookEvent": "jira:issue_deleted"})
    drain()
    assert AccountRequest.objects.get().status == RequestStatus.CANCELLED
    assert Approval.objects.get().decision == Decision.WITHDRAWN


def test_a_delivery_that_shows_only_the_status_keeps_the_content_and_decides(aws, drain, deliver):
    deliver(shapes.automation())
    drain()
    deliver({"deliveryId": "7", "issue": {"key": "AVM-1", "status": "In Progress"}, "timestamp": T0 + 5000})
    drain()
    request = AccountRequest.objects.get()
    assert (request.account_name, request.status) == ("Payments", RequestStatus.READY)


def test_a_status_alone_makes_no_request(drain, deliver):
    fields = {"issuetype": {"name": "AWS Account"}, "status": {"name": "In Progress"}}
    delivery = deliver({"issue": {"key": "AVM-1", "fields": fields}})
    drain()
    delivery.refresh_from_db()
    assert delivery.status == WebhookStatus.IGNORED
    assert not AccountRequest.objects.exists()


def test_a_state_from_the_far_future_does_not_lock_the_ticket(aws, drain, deliver):
    deliver(shapes.automation(updated=T0 * 2))
    drain()
    from taskqueue import clock

    assert (Ticket.objects.get().updated_at - clock.now()).total_seconds() < 3700


@pytest.fixture
def ticket(jira):
    """A ticket in the sandbox Jira, as Rita asked for it; returns its key."""
    form = {
        "customfield_10101": "Payments", "customfield_10102": "payments@example.com",
        "customfield_10103": "Production", "customfield_10104": "production", "customfield_10105": "4711",
        "customfield_10106": "otto@example.com", "customfield_10108": "Card payments",
    }  # fmt: skip
    answer = httpx.post(
        f"{jira.url}/portal/create", headers={"Accept": "application/json"}, data={"as": "rita@example.com", **form}
    )
    return answer.json()["key"]


def as_it_stands(jira, key, status):
    """What Automation would send of the ticket now."""
    me = ("vending-bot@example.com", "sandbox-token")
    issue = httpx.get(f"{jira.url}/rest/api/2/issue/{key}", auth=me).json()
    assert issue["fields"]["status"]["name"] == status
    return issue


def move(jira, key, status):
    httpx.post(f"{jira.url}/browse/{key}/transition", data={"as": "gus@example.com", "id": status})


def test_jira_is_asked_who_moved_the_ticket(aws, drain, deliver, jira, ticket):
    move(jira, ticket, "In Progress")
    deliver(as_it_stands(jira, ticket, "In Progress"))
    drain()
    assert Approval.objects.get().decided_by == "gus@example.com"


def test_jira_knows_that_the_ticket_was_edited_after_the_move(aws, drain, deliver, jira, ticket):
    move(jira, ticket, "In Progress")
    me = ("vending-bot@example.com", "sandbox-token")
    changed = httpx.put(
        f"{jira.url}/rest/api/2/issue/{ticket}", auth=me, json={"fields": {"customfield_10105": "9999"}}
    )
    assert changed.status_code == 204
    deliver(as_it_stands(jira, ticket, "In Progress"))
    drain()
    assert not Approval.objects.exists()
    assert Event.objects.filter(action="request.on_hold").exists()
