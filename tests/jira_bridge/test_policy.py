"""Who may approve, by a move or by Jira's own approval; what does not count is said and starts nothing."""

import json

import pytest

from audit.models import Event
from jira_bridge.choices import WebhookStatus
from jira_bridge.models import WebhookDelivery
from sandbox.jira import people
from tests.jira_bridge import shapes, world
from vending.choices import Decision, RequestStatus
from vending.models import AccountRequest, Approval, Run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mapping", "short_baseline")]
REFUSED = "request.approval_refused"


@pytest.fixture
def tell(client, jira, drain):
    """Send the ticket as it stands, as Automation does, and work until nothing is left to do."""

    def send(key: str) -> WebhookDelivery:
        body = json.dumps(world.as_it_stands(jira, key)).encode()
        answer = client.post(
            "/jira/webhook", body, content_type="application/json", headers={"X-API-Key": "test-key-1"}
        )
        assert answer.status_code == 202, answer.content
        drain()
        return WebhookDelivery.objects.get(public_id=answer.json()["delivery"])

    return send


@pytest.fixture
def key(aws, jira, tell):
    """A ticket of Rita's that awaits approval."""
    key = world.file_ticket(jira)
    tell(key)
    assert AccountRequest.objects.get().status == RequestStatus.AWAITING_APPROVAL
    return key


def refused() -> list[str]:
    return list(Event.objects.filter(action=REFUSED).values_list("after__cause", flat=True))


def nothing_started() -> bool:
    waiting = AccountRequest.objects.get().status == RequestStatus.AWAITING_APPROVAL
    return waiting and not Approval.objects.exists() and not Run.objects.exists()


def approved_by(who, reporter) -> dict:
    """A native webhook of a move into “approved”, in the shapes of users that Jira sends."""
    document = shapes.native()
    document["user"] = who
    document["issue"]["fields"]["reporter"] = reporter
    return document


def deliver(client, drain, document) -> None:
    client.post("/jira/webhook", shapes.as_bytes(document), content_type="application/json",
                headers={"X-API-Key": "test-key-1"})  # fmt: skip
    drain()


SHOWN = {"accountId": "5b10-rita", "displayName": "Rita", "emailAddress": "rita@example.com"}
HIDDEN = {"accountId": "5b10-rita", "displayName": "Rita"}
SERVER = {"name": "rita", "key": "rita", "displayName": "Rita", "emailAddress": "rita@example.com"}


@pytest.mark.parametrize(("who", "reporter"), [(SHOWN, SHOWN), (HIDDEN, SHOWN), (SHOWN, HIDDEN), (SERVER, SERVER)])
def test_nobody_approves_their_own_request_whatever_jira_shows_of_them(aws, client, drain, who, reporter):
    deliver(client, drain, approved_by(who, reporter))
    assert refused() == ["own"]
    assert nothing_started()


def test_somebody_of_the_same_display_name_is_somebody_else(aws, client, drain):
    deliver(client, drain, approved_by({"accountId": "712020:other", "displayName": "Rita"}, HIDDEN))
    assert refused() == []
    assert AccountRequest.objects.get().status == RequestStatus.READY


def test_who_changes_the_reporter_first_still_does_not_approve_the_own_request(aws, client, drain):
    deliver(client, drain, shapes.automation())
    deliver(client, drain, approved_by(SHOWN, {"accountId": "5b10-otto", "displayName": "Otto"}))
    assert refused() == ["own"]
    assert nothing_started()


def test_the_own_request_is_not_approved_and_the_ticket_says_so_and_goes_back(key, jira, tell):
    world.move(jira, key, "In Progress", people.BOT)
    issue = jira.desk.issue(key, people.BOT)
    jira.store.save("issue", {**issue, "reporter": people.BOT.account_id})
    tell(key)
    assert refused() == ["own"]
    assert nothing_started()
    assert world.status(jira, key) == "Waiting for approval"
    assert any("nobody approves their own request" in text for text in world.comments(jira, key))


def test_the_same_refused_move_is_said_once(key, jira, tell, settings):
    settings.JIRA_APPROVERS = ["greta@example.com"]
    settings.AUDIT_SUBSCRIBERS = {}
    world.move(jira, key, "In Progress")
    tell(key)
    WebhookDelivery.objects.update(status=WebhookStatus.IGNORED)
    world.edit(jira, key, labels=["seen"])
    tell(key)
    assert refused() == ["not_allowed"]


def test_an_approver_must_be_listed_where_there_is_a_list(key, jira, tell, settings):
    settings.JIRA_APPROVERS = ["greta@example.com"]
    world.move(jira, key, "In Progress")
    tell(key)
    assert refused() == ["not_allowed"]
    assert nothing_started()
    assert any("not among the people who may approve" in text for text in world.comments(jira, key))
    settings.JIRA_APPROVERS = ["greta@example.com", " GUS@example.com "]
    world.move(jira, key, "In Progress")
    tell(key)
    assert Approval.objects.get().decided_by == "gus@example.com"


def test_a_listed_approver_may_be_named_by_account_id(key, jira, tell, settings):
    settings.JIRA_APPROVERS = [people.GUS.account_id]
    world.move(jira, key, "In Progress")
    tell(key)
    assert AccountRequest.objects.get().status == RequestStatus.READY


def test_members_of_an_allowed_group_approve_and_others_do_not(key, jira, tell, settings):
    settings.JIRA_APPROVER_GROUPS = ["nobody", "account-approvers"]
    world.move(jira, key, "In Progress", people.GUS)
    tell(key)
    assert refused() == ["not_allowed"]
    world.move(jira, key, "In Progress", people.GRETA)  # her e-mail address is hidden
    tell(key)
    assert Approval.objects.get().decided_by.startswith("Greta Governance (712020:")


def test_a_member_approves_without_the_group_being_read(key, jira, tell, settings):
    settings.JIRA_APPROVER_GROUPS = ["Account-Approvers"]
    jira.faults.order({"kind": "status", "path_contains": "/group/member", "status": 500, "times": 99})
    world.move(jira, key, "In Progress", people.GRETA)
    tell(key)
    assert Approval.objects.get().decided_by.startswith("Greta Governance (712020:")


@pytest.mark.parametrize("status", [403, 404])
def test_where_jira_does_not_tell_a_persons_groups_the_group_is_read(key, jira, tell, settings, status):
    settings.JIRA_APPROVER_GROUPS = ["account-approvers"]
    jira.faults.order({"kind": "status", "path_contains": "/user/groups", "status": status})
    world.move(jira, key, "In Progress", people.GRETA)
    tell(key)
    assert Approval.objects.get().decided_by.startswith("Greta Governance (712020:")


def test_a_group_that_cannot_be_read_approves_nobody_and_the_delivery_says_why(key, jira, client, settings, drain):
    settings.JIRA_APPROVER_GROUPS = ["a group of another company"]
    world.move(jira, key, "In Progress")
    body = json.dumps(world.as_it_stands(jira, key)).encode()
    client.post("/jira/webhook", body, content_type="application/json", headers={"X-API-Key": "test-key-1"})
    with pytest.raises(Exception, match="does not exist"):
        drain()
    delivery = WebhookDelivery.objects.latest("pk")
    assert "The group named 'a group of another company' does not exist" in delivery.reason
    assert nothing_started()


def test_who_cannot_be_named_approves_nothing_where_only_some_may(aws, client, drain, settings):
    settings.JIRA_APPROVERS = ["gus@example.com"]
    deliver(client, drain, shapes.automation(status="In Progress"))
    assert refused() == ["unnamed"]
    assert nothing_started()


class TestApprovalOfServiceManagement:
    """JIRA_APPROVAL=jsm: the status alone approves nothing."""

    @pytest.fixture(autouse=True)
    def jsm(self, settings) -> None:
        settings.JIRA_APPROVAL = "jsm"

    def test_an_approval_that_was_given_is_read_back(self, key, jira, tell):
        world.answer_approval(jira, key, people.ANNA, "approve")
        world.move(jira, key, "In Progress")
        tell(key)
        approval = Approval.objects.get()
        assert approval.decided_by.startswith("Anna Approver (712020:")
        assert AccountRequest.objects.get().status == RequestStatus.READY

    def test_a_move_without_the_approval_starts_nothing(self, key, jira, tell):
        world.move(jira, key, "In Progress")
        tell(key)
        assert refused() == ["not_given"]
        assert nothing_started()
        assert world.status(jira, key) == "Waiting for approval"

    def test_an_approval_given_after_the_move_counts(self, key, jira, tell, settings):
        settings.AUDIT_SUBSCRIBERS = {}
        world.move(jira, key, "In Progress")
        tell(key)
        world.answer_approval(jira, key, people.ANNA, "approve")
        tell(key)
        assert AccountRequest.objects.get().status == RequestStatus.READY

    def test_a_declined_approval_declines(self, key, jira, tell):
        world.answer_approval(jira, key, people.ANNA, "decline")
        tell(key)
        assert Approval.objects.get().decision == Decision.DECLINED
        assert Approval.objects.get().decided_by.startswith("Anna Approver")
        assert AccountRequest.objects.get().status == RequestStatus.DECLINED

    def test_a_ticket_moved_on_although_it_was_declined_starts_nothing(self, key, jira, tell):
        world.answer_approval(jira, key, people.ANNA, "decline")
        issue = jira.desk.issue(key, people.BOT)
        jira.store.save("issue", {**issue, "status": "10100"})
        world.move(jira, key, "In Progress")
        tell(key)
        assert refused() == ["declined"]
        assert nothing_started()

    def test_an_edit_after_the_approval_needs_a_new_one(self, key, jira, tell):
        world.answer_approval(jira, key, people.ANNA, "approve")
        world.edit(jira, key, customfield_10105="9999")
        world.move(jira, key, "In Progress")
        tell(key)
        assert Event.objects.filter(action="request.on_hold").count() == 1
        assert nothing_started()

    def test_an_approver_of_jira_who_may_not_here_does_not_count(self, key, jira, tell, settings):
        settings.JIRA_APPROVER_GROUPS = ["cloud-governance"]
        world.answer_approval(jira, key, people.ANNA, "approve")
        world.move(jira, key, "In Progress")
        tell(key)
        assert refused() == ["not_allowed"]
        assert nothing_started()

    def test_the_own_approval_does_not_count(self, aws, jira, tell):
        key = world.file_ticket(jira, customfield_10107="rita@example.com")
        tell(key)
        world.answer_approval(jira, key, people.RITA, "approve")
        world.move(jira, key, "In Progress")
        tell(key)
        assert refused() == ["own"]
        assert nothing_started()
