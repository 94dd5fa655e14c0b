"""What the ticket is told: once, in its language, and what becomes of it when Jira cannot take it."""

import boto3
import httpx
import pytest

from audit.models import Event
from audit.services import Actor, record_event
from audit.subscribers import NotNow, Refused, Unneeded
from jira_bridge.messages import MESSAGES
from jira_bridge.subscribers import Ticket
from tests.vending.people import approve, ask_for
from vending.models import Run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mapping")]
ME = ("vending-bot@example.com", "sandbox-token")


@pytest.fixture
def key(jira):
    answer = httpx.post(
        f"{jira.url}/portal/create",
        headers={"Accept": "application/json"},
        data={
            "as": "rita@example.com",
            "customfield_10101": "Payments",
            "customfield_10102": "payments@example.com",
            "customfield_10103": "Production",
            "customfield_10104": "production",
            "customfield_10105": "4711",
            "customfield_10106": "otto@example.com",
            "customfield_10108": "Card payments",
        },
    )
    return answer.json()["key"]


def event(ticket, action, run_id=None) -> Event:
    return record_event(
        actor=Actor.system("test"),
        action=action,
        summary="Something happened.",
        target_kind="request",
        target_id=1,
        ticket=ticket,
        run_id=run_id,
    )


def comments(jira, key):
    answer = httpx.get(f"{jira.url}/rest/api/2/issue/{key}/comment", auth=ME)
    return [comment["body"] for comment in answer.json()["comments"]]


def status(jira, key):
    return httpx.get(f"{jira.url}/rest/api/2/issue/{key}", auth=ME).json()["fields"]["status"]["name"]


def fault(jira, **settings):
    assert httpx.post(f"{jira.url}/sandbox/faults", json=settings).status_code == 201


def test_what_was_said_before_is_not_said_again(jira, key):
    ask_for(key)
    told = event(key, "request.preflight_passed")
    assert Ticket().send(told, first_attempt=True) == Ticket().send(told, first_attempt=False)
    assert len(comments(jira, key)) == 1


def test_a_lost_answer_makes_no_second_comment(jira, key):
    ask_for(key)
    fault(jira, kind="drop_answer", method="POST", path_contains="/comment")
    Ticket().send(event(key, "request.preflight_passed"), first_attempt=True)
    assert len(comments(jira, key)) == 1


def test_a_jira_that_is_overloaded_is_asked_again_when_it_says(jira, key):
    ask_for(key)
    fault(jira, kind="status", status=429, headers={"Retry-After": "120"}, times=9)
    with pytest.raises(NotNow) as caught:
        Ticket().send(event(key, "request.preflight_passed"), first_attempt=True)
    assert caught.value.after == 120


def test_a_ticket_that_jira_does_not_have_is_refused_for_good(jira):
    ask_for("AVM-999")
    with pytest.raises(Refused):
        Ticket().send(event("AVM-999", "request.preflight_passed"), first_attempt=True)


def test_without_jira_there_is_nothing_to_say(settings):
    settings.JIRA_BASE_URL = ""
    ask_for("AVM-1")
    with pytest.raises(Unneeded, match="not set up"):
        Ticket().send(event("AVM-1", "request.preflight_passed"), first_attempt=True)


def test_a_ticket_to_correct_moves_to_the_customer(jira, key):
    ask_for(key)
    Ticket().send(event(key, "request.to_correct"), first_attempt=True)
    assert status(jira, key) == "Waiting for customer"


def test_a_ticket_that_people_moved_elsewhere_stays_there(jira, key):
    ask_for(key)
    httpx.post(f"{jira.url}/browse/{key}/transition", data={"as": "gus@example.com", "id": "Declined"})
    Ticket().send(event(key, "request.to_correct"), first_attempt=True)
    assert status(jira, key) == "Declined"


def test_an_own_template_that_cannot_be_written_is_refused_with_the_reason(settings, tmp_path):
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "received.j2").write_text("{{ no_such_value }}")
    settings.JIRA_TEMPLATE_DIR = str(tmp_path)
    ask_for("AVM-1")
    with pytest.raises(Refused, match="no_such_value"):
        Ticket().send(event("AVM-1", "request.preflight_passed"), first_attempt=True)


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_message_can_be_written_in_every_language(jira, key, aws, drain, settings, language):
    settings.AUDIT_SUBSCRIBERS = {}
    settings.JIRA_LANGUAGE = language
    request = ask_for(key)
    drain()
    approve(request)
    drain()
    run_id = Run.objects.get().pk
    for said, action in enumerate(MESSAGES, start=1):
        Ticket().send(event(key, action, run_id=run_id if action.startswith("run.") else None), first_attempt=True)
        assert len(comments(jira, key)) == said, action


def test_by_mail_the_ticket_is_told_through_jiras_mailbox(aws, settings):
    boto3.client("sesv2", region_name=settings.AWS_REGION).create_email_identity(EmailIdentity="example.com")
    settings.JIRA_CHANNEL, settings.JIRA_BASE_URL = "mail", ""
    settings.JIRA_MAILBOX, settings.SES_FROM = "jira@example.com", "vending-bot@example.com"
    ask_for("AVM-1")
    told = event("AVM-1", "request.preflight_passed")
    assert Ticket().send(told, first_attempt=True)
    mails = httpx.get(f"{aws.url}/sandbox/mail").text
    assert "[AVM-1] Ready for approval" in mails
    assert f"Ref event-{told.pk}" in mails
