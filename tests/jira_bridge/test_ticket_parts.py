"""Beside its messages a ticket has one comment of progress, a link, labels and a state for machines."""

from uuid import uuid4

import httpx
import pytest

from audit.models import Delivery
from audit.subscribers import Unneeded, active
from jira_bridge.subscribers import TicketMarks, TicketProgress
from taskqueue import clock
from tests.jira_bridge.tickets import ME, comments, event, new_ticket, shown, vend
from tests.vending.people import approve, ask_for
from vending.choices import StepStatus
from vending.milestones import MILESTONE_OF, Milestone
from vending.models import AccountRequest, Run, StepRun

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mapping")]
ALL = {
    "ticket": "jira_bridge.subscribers.Ticket",
    "ticket progress": "jira_bridge.subscribers.TicketProgress",
    "ticket marks": "jira_bridge.subscribers.TicketMarks",
}


@pytest.fixture
def key(jira):
    return new_ticket(jira)


@pytest.fixture
def silent(settings):
    """Nobody is told by itself: each test sends what it is about."""
    settings.AUDIT_SUBSCRIBERS = {}


@pytest.fixture
def run(silent, aws, key, drain):
    return vend(key, drain)


@pytest.fixture
def begun(silent, aws, key, drain):
    """A run of which no step was taken yet."""
    request = ask_for(key)
    drain()
    approve(request)
    return Run.objects.get(request=request)


def skip(run, *steps):
    StepRun.objects.filter(run=run, step__in=steps).update(status=StepStatus.SKIPPED)


def fail(run, step):
    """The step on the only way that the database allows."""
    row = StepRun.objects.filter(run=run, step=step)
    row.update(status=StepStatus.READY)
    row.update(status=StepStatus.RUNNING, lease=uuid4(), lease_until=clock.now())
    row.update(status=StepStatus.FAILED, lease=None)


def reached(key, run, step):
    return event(key, "step.succeeded", run.pk, after={"step": step})


ACCESS = [name for name, milestone in MILESTONE_OF.items() if milestone is Milestone.ACCESS]


class TestProgress:
    def test_it_is_one_comment_that_is_updated(self, jira, key, begun):
        skip(begun, "create_account")
        first = TicketProgress().send(reached(key, begun, "create_account"), first_attempt=True)
        (before,) = comments(jira, key)
        skip(begun, *ACCESS)
        assert TicketProgress().send(reached(key, begun, "account_ready"), first_attempt=True) == first
        (after,) = comments(jira, key)
        assert (before.count("✓"), after.count("✓")) == (1, 2)

    def test_a_step_within_a_milestone_says_nothing(self, key, begun):
        skip(begun, "default_stack_sets")
        with pytest.raises(Unneeded, match="not reached yet"):
            TicketProgress().send(reached(key, begun, "default_stack_sets"), first_attempt=True)

    def test_a_failure_is_told_where_progress_stands_already(self, jira, key, begun):
        skip(begun, "create_account")
        TicketProgress().send(reached(key, begun, "create_account"), first_attempt=True)
        fail(begun, "default_stack_sets")
        TicketProgress().send(event(key, "run.failed", begun.pk), first_attempt=True)
        (only,) = comments(jira, key)
        assert "the cloud team is looking into it" in only

    def test_a_failure_before_any_progress_adds_no_comment(self, jira, key, begun):
        fail(begun, "create_account")
        with pytest.raises(Unneeded, match="no progress"):
            TicketProgress().send(event(key, "run.failed", begun.pk), first_attempt=True)
        assert comments(jira, key) == []

    def test_a_late_delivery_says_how_it_is_now(self, jira, key, begun):
        late = reached(key, begun, "create_account")
        skip(begun, "create_account", *ACCESS)
        TicketProgress().send(reached(key, begun, "account_ready"), first_attempt=True)
        TicketProgress().send(late, first_attempt=False)
        (only,) = comments(jira, key)
        assert only.count("✓") == 2


@pytest.mark.usefixtures("silent")
def test_progress_is_wanted_for_steps_of_milestones_only(jira, key):
    subscriber = TicketProgress()
    assert subscriber.wants(event(key, "step.succeeded", 1, after={"step": "create_account"}))
    assert not subscriber.wants(event(key, "step.succeeded", 1, after={"step": "tags"}))
    assert not subscriber.wants(event(key, "run.started", 1))
    assert not subscriber.wants(event("", "run.failed", 1))


@pytest.mark.usefixtures("silent")
def test_by_mail_there_is_no_progress_and_marks_go_over_rest(jira, key, settings):
    settings.JIRA_CHANNEL = "mail"
    assert not TicketProgress().wants(event(key, "run.failed", 1))
    ask_for(key)
    TicketMarks().send(event(key, "request.received"), first_attempt=True)
    assert shown(jira, key)["properties"]["account-vending"]["state"] == "received"


@pytest.mark.usefixtures("silent")
def test_without_an_address_of_jira_neither_is_wanted(settings):
    settings.JIRA_BASE_URL = ""
    for subscriber in (TicketProgress(), TicketMarks()):
        assert not subscriber.wants(event("AVM-1", "run.succeeded", 1))


class TestMarks:
    def test_the_ticket_bears_state_link_and_labels(self, jira, key, run, settings):
        TicketMarks().send(event(key, "run.succeeded", run.pk), first_attempt=True)
        ticket, request = shown(jira, key), AccountRequest.objects.get(ticket=key)
        state = ticket["properties"]["account-vending"]
        assert state.pop("updated_at")
        address = f"{settings.PORTAL_BASE_URL}/admin/vending/accountrequest/{request.pk}/change/"
        assert state == {
            "version": 1,
            "state": "ready",
            "request": request.pk,
            "run": run.pk,
            "run_state": "succeeded",
            "account_id": run.account.account_id,
            "portal_url": address,
        }
        assert ticket["fields"]["labels"] == ["account-vending", f"aws-{run.account.account_id}"]
        (link,) = ticket["remotelinks"]
        assert link["object"]["url"] == address

    @pytest.mark.usefixtures("silent")
    def test_labels_of_people_stay(self, jira, key):
        ask_for(key)
        edit = {"fields": {"labels": ["urgent"]}}
        assert httpx.put(f"{jira.url}/rest/api/2/issue/{key}", json=edit, auth=ME).status_code == 204
        TicketMarks().send(event(key, "request.received"), first_attempt=True)
        assert shown(jira, key)["fields"]["labels"] == ["urgent", "account-vending"]

    @pytest.mark.usefixtures("silent")
    def test_again_changes_nothing(self, jira, key):
        ask_for(key)
        for attempt in range(2):
            TicketMarks().send(event(key, "request.received"), first_attempt=not attempt)
        ticket = shown(jira, key)
        assert (len(ticket["remotelinks"]), ticket["fields"]["labels"]) == (1, ["account-vending"])

    @pytest.mark.usefixtures("silent")
    def test_an_empty_label_means_no_labels(self, jira, key, settings):
        settings.JIRA_LABEL = ""
        ask_for(key)
        TicketMarks().send(event(key, "request.received"), first_attempt=True)
        assert shown(jira, key)["fields"]["labels"] == []

    @pytest.mark.usefixtures("silent")
    def test_in_between_only_the_state_is_written(self, jira, key):
        ask_for(key)
        TicketMarks().send(event(key, "run.on_hold"), first_attempt=True)
        assert (shown(jira, key)["remotelinks"], shown(jira, key)["fields"]["labels"]) == ([], [])

    @pytest.mark.usefixtures("silent")
    def test_a_late_delivery_writes_the_newest_state(self, jira, key):
        request = ask_for(key)
        late = event(key, "request.received")
        AccountRequest.objects.filter(pk=request.pk).update(status="awaiting_approval")
        TicketMarks().send(event(key, "request.preflight_passed"), first_attempt=True)
        TicketMarks().send(late, first_attempt=False)
        assert shown(jira, key)["properties"]["account-vending"]["state"] == "awaiting_approval"


def test_a_whole_vending_leaves_a_ticket_that_tells_it_all(jira, key, aws, drain, settings):
    settings.AUDIT_SUBSCRIBERS = ALL
    active()
    run = vend(key, drain)
    said = comments(jira, key)
    assert [words in text for words, text in zip(
        ("Ready for approval", "is being set up", "Progress of", "ready to use"), said, strict=True
    )] == [True] * 4  # fmt: skip
    assert said[2].count("done") == 4
    assert shown(jira, key)["properties"]["account-vending"]["account_id"] == run.account.account_id
    assert not Delivery.objects.exclude(status__in=["sent", "skipped"]).exists()
    edited = [comment for comment in shown(jira, key)["comments"] if comment["updated"] != comment["created"]]
    assert len(edited) == 1
