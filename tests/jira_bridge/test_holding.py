"""On hold and on again by the ticket's status; an edit after the approval is accepted or sent back here."""

import json

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from audit.models import Event
from audit.services import Actor
from jira_bridge import decisions
from sandbox.jira import people
from tests.jira_bridge import world
from vending.choices import Decision, RequestStatus, RunStatus
from vending.models import AccountRequest, Approval, LateEdit, Run
from vending.services import NotAllowed, hold_run, release_run
from vending.services.late_edits import accept_edit, send_back

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mapping", "short_baseline")]
GREG = Actor.person("greg")


@pytest.fixture
def tell(client, jira):
    """Send the ticket as it stands, as Automation does; nothing is worked on yet."""

    def send(key: str) -> None:
        body = json.dumps(world.as_it_stands(jira, key)).encode()
        headers = {"X-API-Key": "test-key-1"}
        assert client.post("/jira/webhook", body, content_type="application/json", headers=headers).status_code == 202

    return send


@pytest.fixture
def begun(aws, jira, tell, drain, monkeypatch):
    """An approved ticket whose run has begun and made nothing in AWS yet: its first step is not taken."""
    key = world.file_ticket(jira)
    tell(key)
    drain()
    monkeypatch.setattr("vending.tasks.advance", lambda step_run_id: None)
    world.move(jira, key, "In Progress")
    tell(key)
    drain()
    assert Run.objects.get().status == RunStatus.RUNNING
    return key


def request() -> AccountRequest:
    return AccountRequest.objects.get()


@pytest.fixture
def edited(begun, jira, tell, drain):
    world.edit(jira, begun, customfield_10105="9999")
    tell(begun)
    drain()
    return begun


def test_a_ticket_put_on_hold_holds_the_run_and_says_how_it_goes_on(begun, jira, tell, drain):
    world.move(jira, begun, "On hold")
    tell(begun)
    drain()
    assert request().status == RequestStatus.ON_HOLD
    assert Event.objects.get(action="run.on_hold").actor == "gus@example.com"
    assert any("Move the ticket on, and the work goes on" in text for text in world.comments(jira, begun))


def test_a_ticket_moved_on_releases_its_run(begun, jira, tell, drain):
    world.move(jira, begun, "On hold")
    tell(begun)
    drain()
    world.move(jira, begun, "In Progress")
    tell(begun)
    drain()
    assert (request().status, Run.objects.get().status) == (RequestStatus.VENDING, RunStatus.RUNNING)
    assert Event.objects.get(action="run.released").actor == "gus@example.com"
    assert Approval.objects.count() == 1


def test_who_asked_for_the_account_does_not_release_it(begun, jira, tell, drain):
    world.move(jira, begun, "On hold")
    tell(begun)
    drain()
    issue = jira.desk.issue(begun, people.BOT)
    jira.store.save("issue", {**issue, "reporter": people.GUS.account_id})
    world.move(jira, begun, "In Progress")
    tell(begun)
    drain()
    assert Run.objects.get().status == RunStatus.ON_HOLD


def test_a_run_held_and_released_here_moves_the_ticket_along(begun, jira, drain):
    hold_run(run=Run.objects.get(), reason="We look into it.", actor=GREG)
    drain()
    assert world.status(jira, begun) == "On hold"
    release_run(run=Run.objects.get(), actor=GREG)
    drain()
    assert world.status(jira, begun) == "In Progress"
    assert Approval.objects.count() == 1


def test_an_edit_after_the_approval_holds_the_run_with_what_differs(edited, jira):
    assert request().status == RequestStatus.ON_HOLD
    assert request().cost_center == "4711"
    held = Event.objects.get(action="run.on_hold")
    assert (held.before, held.after) == ({"cost_center": "4711"}, {"cost_center": "9999"})
    assert world.status(jira, edited) == "On hold"


def test_moving_the_ticket_on_does_not_accept_an_edit(edited, jira, tell, drain):
    tell(edited)
    drain()
    world.move(jira, edited, "In Progress")
    tell(edited)
    drain()
    assert Run.objects.get().status == RunStatus.ON_HOLD
    assert Event.objects.filter(action="run.still_held").count() == 1


def test_an_accepted_edit_is_approved_by_who_accepts_it_and_vended(edited, jira, drain, monkeypatch):
    accept_edit(request=request(), actor=GREG)
    monkeypatch.undo()
    drain()
    approval = Approval.objects.first()
    assert (approval.decided_by, approval.decision, approval.source) == ("greg", Decision.APPROVED, "the portal")
    assert (approval.content["cost_center"], approval.content_hash) == ("9999", request().content_hash)
    assert Run.objects.earliest("pk").status == RunStatus.CANCELLED
    assert Run.objects.count() == 2
    assert not LateEdit.objects.exists()
    assert world.status(jira, edited) == "In Progress"


def test_an_edit_with_faults_is_to_be_corrected_though_it_was_accepted(begun, jira, tell, drain):
    world.edit(jira, begun, customfield_10102="nothing")
    tell(begun)
    drain()
    accept_edit(request=request(), actor=GREG)
    drain()
    assert request().status == RequestStatus.TO_CORRECT
    assert Run.objects.get().status == RunStatus.CANCELLED


def test_an_edit_sent_back_needs_a_new_approval_and_the_ticket_says_why(edited, jira, drain):
    send_back(request=request(), reason="The cost center belongs to another team.", actor=GREG)
    drain()
    assert (request().status, request().cost_center) == (RequestStatus.AWAITING_APPROVAL, "9999")
    assert Run.objects.get().status == RunStatus.CANCELLED
    assert world.status(jira, edited) == "Waiting for approval"
    assert any("The cost center belongs to another team." in text for text in world.comments(jira, edited))


def test_what_was_approved_before_it_was_sent_back_needs_a_new_approval_too(edited, jira, tell, drain):
    send_back(request=request(), reason="The cost center belongs to another team.", actor=GREG)
    drain()
    world.edit(jira, edited, customfield_10105="4711")
    tell(edited)
    drain()
    assert (request().status, request().cost_center) == (RequestStatus.AWAITING_APPROVAL, "4711")
    assert Run.objects.get().status == RunStatus.CANCELLED
    last = Approval.objects.first()
    assert (last.decision, last.decided_by) == (Decision.WITHDRAWN, "greg")


def test_who_asked_does_not_accept_their_own_edit(edited):
    with pytest.raises(NotAllowed, match="does not approve it"):
        accept_edit(request=request(), actor=Actor.person("Rita@example.com"))


def test_who_asked_does_not_accept_their_own_edit_under_another_name_either(edited, django_user_model):
    django_user_model.objects.create_user("rita", email="Rita@example.com")
    with pytest.raises(NotAllowed, match="does not approve it"):
        accept_edit(request=request(), actor=Actor.person("rita"))


def test_a_ticket_on_hold_stops_no_repair_of_its_account(edited):
    Run.objects.all().update(status=RunStatus.RUNNING)
    Run.objects.all().update(recipe="repair")
    decisions._hold(request(), "rita@example.com")
    assert Run.objects.get().status == RunStatus.RUNNING


def test_what_exists_in_aws_already_is_not_made_anew(edited):
    from taskqueue import clock

    Run.objects.get().steps.filter(step="create_account").update(intended_at=clock.now())
    with pytest.raises(NotAllowed, match="sent to AWS"):
        accept_edit(request=request(), actor=GREG)


def test_an_edit_that_is_taken_back_leaves_nothing_to_decide(edited, jira, tell, drain):
    world.edit(jira, edited, customfield_10105="4711")
    tell(edited)
    drain()
    assert not LateEdit.objects.exists()
    with pytest.raises(NotAllowed, match="No edit"):
        accept_edit(request=request(), actor=GREG)


def test_an_edit_that_was_seen_does_not_hold_a_released_run_again(edited, jira, tell, drain):
    release_run(run=Run.objects.get(), actor=GREG)
    world.edit(jira, edited, labels=["seen"])
    tell(edited)
    drain()
    assert Run.objects.get().status == RunStatus.RUNNING


@pytest.mark.parametrize(
    ("group", "answer", "status"), [("GAS engineer", 302, "awaiting_approval"), ("Auditor", 403, "on_hold")]
)
def test_the_buttons_of_the_request_page_are_for_who_may_decide(edited, client, group, answer, status):
    person = User.objects.create_user("greg", is_staff=True)
    person.groups.add(Group.objects.get(name=group))
    client.force_login(person)
    page = client.get(reverse("admin:vending_accountrequest_change", args=[request().pk])).content.decode()
    assert ("Accept the edit" in page) == (answer == 302)
    address = reverse("admin:vending_accountrequest_operation", args=[request().pk, "accept_edit"])
    assert client.post(address).status_code == answer
    assert request().status == status
