"""From a stored delivery to a request, its decision and its answer."""

import json

import pytest

from jira_bridge import processing
from jira_bridge.choices import WebhookStatus
from jira_bridge.jira.deadline import seconds_left
from jira_bridge.models import WebhookDelivery
from tests.jira_bridge import shapes
from vending.choices import Decision, RequestStatus, RunStatus
from vending.models import Account, AccountRequest, Approval, Run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mapping", "short_baseline")]


@pytest.fixture
def deliver(client):
    """Post a delivery as Automation does; returns the stored row."""

    def post(document, **headers):
        answer = client.post(
            "/jira/webhook", shapes.as_bytes(document), content_type="application/json",
            headers={"X-API-Key": "test-key-1", **headers},
        )  # fmt: skip
        assert answer.status_code == 202, answer.content
        return WebhookDelivery.objects.get(public_id=json.loads(answer.content)["delivery"])

    return post


SHAPES = [shapes.automation, shapes.automation_jira_format, shapes.native, shapes.server]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_every_shape_becomes_the_same_request(aws, drain, deliver, shape):
    deliver(shape(key="AVM-7"))
    drain()
    request = AccountRequest.objects.get()
    assert (request.ticket, request.account_name, request.email) == (
        "AVM-7",
        "Payments",
        "payments@example.com",
    )
    assert (request.organizational_unit, request.environment, request.cost_center) == (
        "Production",
        "production",
        "4711",
    )
    assert (request.owner, request.approvers) == ("otto@example.com", ["Anna Approver"])
    assert (request.optional_stack_sets, request.monthly_budget) == (["vpc-standard"], 500)
    assert request.contacts.get().email == "soc@example.com"


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_a_ticket_in_progress_is_approved_and_vended_whatever_the_shape(aws, drain, deliver, shape):
    deliver(shape(status="In Progress"))
    drain()
    assert AccountRequest.objects.get().status == RequestStatus.READY
    assert Run.objects.get().status == RunStatus.SUCCEEDED


def test_who_moved_the_ticket_is_the_approver(aws, drain, deliver):
    deliver(shapes.native())
    drain()
    assert Approval.objects.get().decided_by == "gus@example.com"


def test_the_same_delivery_again_makes_no_second_request_and_no_second_account(aws, drain, deliver):
    first = deliver(shapes.automation(status="In Progress"))
    again = deliver(shapes.automation(status="In Progress"))
    drain()
    assert again.pk == first.pk
    assert again.repeats == 1
    assert AccountRequest.objects.count() == Run.objects.count() == Account.objects.count() == 1


def test_the_same_identifier_again_makes_no_second_delivery(drain, deliver):
    first = deliver(shapes.native(), **{"X-Atlassian-Webhook-Identifier": "abc"})
    again = deliver(shapes.native(key="AVM-2"), **{"X-Atlassian-Webhook-Identifier": "abc"})
    assert again.pk == first.pk


def test_the_same_state_in_another_shape_changes_nothing_more(aws, drain, deliver):
    deliver(shapes.native())
    drain()
    deliver(shapes.automation(status="In Progress"))
    drain()
    assert Approval.objects.count() == Run.objects.count() == 1


def test_another_issue_type_is_ignored_with_the_reason(drain, deliver):
    delivery = deliver(shapes.automation(issue_type="Story"))
    drain()
    delivery.refresh_from_db()
    assert delivery.status == WebhookStatus.IGNORED
    assert "Story" in delivery.reason
    assert not AccountRequest.objects.exists()


def test_a_delivery_without_an_issue_is_ignored_with_the_reason(drain, deliver):
    delivery = deliver({"hello": "world"})
    drain()
    delivery.refresh_from_db()
    assert delivery.status == WebhookStatus.IGNORED
    assert "no issue" in delivery.reason


def test_a_delivery_that_a_newer_one_has_overtaken_changes_nothing(aws, drain, deliver):
    deliver(shapes.automation(updated=1_700_000_009_000, customfield_10101="New name"))
    late = deliver(shapes.automation(updated=1_700_000_001_000, customfield_10101="Old name"))
    drain()
    late.refresh_from_db()
    assert late.status == WebhookStatus.IGNORED
    assert AccountRequest.objects.get().account_name == "New name"


def test_faults_are_told_and_a_corrected_ticket_is_checked_again(aws, drain, deliver):
    deliver(shapes.automation(customfield_10101="Bücher", customfield_10102="x" * 60 + "@example.com"))
    drain()
    request = AccountRequest.objects.get()
    assert request.status == RequestStatus.TO_CORRECT
    assert set(request.preflight.filter(passed=False).values_list("field", flat=True)) == {
        "account_name",
        "email",
    }
    deliver(shapes.automation(updated=1_700_000_005_000))
    drain()
    request.refresh_from_db()
    assert request.status == RequestStatus.AWAITING_APPROVAL


def test_an_approval_of_a_ticket_with_faults_vends_nothing(aws, drain, deliver):
    deliver(shapes.automation(status="In Progress", customfield_10101="Bücher"))
    drain()
    assert AccountRequest.objects.get().status == RequestStatus.TO_CORRECT
    assert not Run.objects.exists()


def test_a_declined_ticket_is_declined(aws, drain, deliver):
    deliver(shapes.automation())
    drain()
    deliver(shapes.automation(status="Declined", updated=1_700_000_002_000))
    drain()
    assert AccountRequest.objects.get().status == RequestStatus.DECLINED
    assert Approval.objects.get().decision == Decision.DECLINED


def test_a_declined_ticket_that_is_resubmitted_is_checked_and_approved_like_any_other(aws, drain, deliver):
    for second, status in enumerate(["Waiting for approval", "Declined", "Waiting for approval", "In Progress"]):
        deliver(shapes.automation(status=status, updated=1_700_000_000_000 + second * 1000))
        drain()
    assert AccountRequest.objects.get().status == RequestStatus.READY


def test_a_ticket_edited_after_approval_holds_the_run(aws, drain, deliver, monkeypatch):
    from vending.engine import advance

    monkeypatch.setattr(advance.lease, "claim", lambda pk: None)  # nothing has been done yet
    deliver(shapes.native())
    drain()
    deliver(shapes.native(updated="2023-11-14T22:14:20.000+0000", customfield_10105="9999"))
    drain()
    request = AccountRequest.objects.get()
    assert request.status == RequestStatus.ON_HOLD
    assert request.cost_center == "4711"


def test_a_ticket_moved_back_before_anything_exists_is_not_vended(aws, drain, deliver, monkeypatch):
    from vending.engine import advance

    with monkeypatch.context() as patch:
        patch.setattr(advance.lease, "claim", lambda pk: None)
        deliver(shapes.automation(status="In Progress"))
        drain()
        deliver(shapes.automation(status="Waiting for approval", updated=1_700_000_002_000))
        drain()
    drain()
    assert Run.objects.get().status == RunStatus.CANCELLED
    assert not Account.objects.exists()


def test_a_processor_that_died_is_followed_by_another(drain, deliver):
    from datetime import timedelta

    from jira_bridge import processing, services
    from taskqueue import clock

    delivery = deliver(shapes.automation(issue_type="Story"))
    processing._claim(delivery.pk)
    drain()
    WebhookDelivery.objects.update(lease_until=clock.now() - timedelta(seconds=1))
    assert services.sweep() == 1
    drain()
    delivery.refresh_from_db()
    assert delivery.status == WebhookStatus.IGNORED


def test_the_ticket_is_told_what_happened_and_moves_on(aws, drain, deliver, jira):
    import httpx

    answer = httpx.post(
        f"{jira.url}/portal/create", headers={"Accept": "application/json"},
        data={"as": "rita@example.com", **FORM},
    )  # fmt: skip
    key = answer.json()["key"]
    httpx.post(f"{jira.url}/browse/{key}/transition", data={"as": "gus@example.com", "id": "In Progress"})
    deliver(shapes.automation(key=key, status="In Progress"))
    drain()
    me = ("vending-bot@example.com", "sandbox-token")
    issue = httpx.get(f"{jira.url}/rest/api/2/issue/{key}", auth=me).json()
    comments = httpx.get(f"{jira.url}/rest/api/2/issue/{key}/comment", auth=me).json()["comments"]
    account = Account.objects.get()
    assert issue["fields"]["status"]["name"] == "In Validation"
    assert len(comments) == 3
    assert account.account_id in comments[-1]["body"]
    assert Approval.objects.get().decided_by == "gus@example.com"


FORM = {
    "customfield_10101": "Payments", "customfield_10102": "payments@example.com", "customfield_10103": "Production",
    "customfield_10104": "production", "customfield_10105": "4711", "customfield_10106": "otto@example.com",
    "customfield_10108": "Card payments",
}  # fmt: skip


def test_the_calls_about_a_delivery_end_before_the_queue_stops_its_worker(aws, drain, deliver, monkeypatch, settings):
    left = []
    monkeypatch.setattr(processing, "move_told", lambda *_: left.append(seconds_left()))
    deliver(shapes.automation(status="In Progress"))
    drain()
    assert left[0] < settings.Q_CLUSTER["timeout"] - 5
