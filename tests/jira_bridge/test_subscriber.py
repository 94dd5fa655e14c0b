"""What the ticket is told: once, in its language, and what becomes of it when Jira cannot take it."""

from datetime import timedelta

import boto3
import httpx
import pytest

from audit.choices import DeliveryStatus
from audit.models import Delivery, Event
from audit.services import Actor
from audit.subscribers import NotNow, Refused, Unneeded
from jira_bridge.messages import MESSAGES
from jira_bridge.subscribers import Ticket
from tests.jira_bridge.tickets import ME, comments, event, fault, new_ticket, status, vend
from tests.vending.people import ask_for
from vending.models import Account, Run
from vending.services import change_account, leave_as_it_is

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mapping", "short_baseline")]


@pytest.fixture
def key(jira):
    return new_ticket(jira)


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


@pytest.mark.parametrize("broken", ["{{ no_such_value }}", "{{ 1 / 0 }}", "| a |\n| b | c |", "{% if %}"])
def test_a_broken_template_of_the_company_loses_no_message_and_is_told_once(jira, key, settings, tmp_path, broken):
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "received.j2").write_text(broken)
    settings.JIRA_TEMPLATE_DIR = str(tmp_path)
    ask_for(key)
    told = event(key, "request.preflight_passed")
    Ticket().send(told, first_attempt=True)
    Ticket().send(told, first_attempt=False)
    assert "Ready for approval" in comments(jira, key)[0]
    assert "the shipped one was" in Event.objects.get(action="message.fell_back", ticket=key).summary


def test_a_link_of_the_settings_that_cannot_be_made_is_refused_with_the_reason(jira, key, aws, drain, settings):
    settings.AUDIT_SUBSCRIBERS = {}
    vend(key, drain)
    settings.SIGN_IN_URL = "https://example.com/$no_such_name"
    with pytest.raises(Refused, match="no_such_name"):
        Ticket().send(event(key, "run.succeeded", run_id=Run.objects.get().pk), first_attempt=True)


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_message_can_be_written_in_every_language(jira, key, aws, drain, settings, language):
    settings.AUDIT_SUBSCRIBERS = {}
    settings.JIRA_LANGUAGE = language
    run_id = vend(key, drain).pk
    for said, action in enumerate(MESSAGES, start=1):
        Ticket().send(event(key, action, run_id=run_id if action.startswith("run.") else None), first_attempt=True)
        assert len(comments(jira, key)) == said, action


def test_a_message_can_be_kept_from_customers(jira, key, settings):
    settings.JIRA_INTERNAL_MESSAGES = ["received"]
    ask_for(key)
    Ticket().send(event(key, "request.preflight_passed"), first_attempt=True)
    Ticket().send(event(key, "request.to_correct"), first_attempt=True)
    answer = httpx.get(f"{jira.url}/rest/api/2/issue/{key}/comment", auth=ME).json()["comments"]
    assert [comment["jsdPublic"] for comment in answer] == [False, True]


def test_an_internal_message_is_not_mailed(settings):
    settings.JIRA_CHANNEL, settings.JIRA_INTERNAL_MESSAGES = "mail", ["received"]
    settings.JIRA_MAILBOX, settings.SES_FROM = "jira@example.com", "vending-bot@example.com"
    ask_for("AVM-1")
    with pytest.raises(Unneeded, match="internal"):
        Ticket().send(event("AVM-1", "request.preflight_passed"), first_attempt=True)


def test_numbers_that_come_again_after_a_restore_are_not_taken_for_messages_sent_before(jira, key):
    ask_for(key)
    before = event(key, "request.preflight_passed")
    Ticket().send(before, first_attempt=True)
    before.at += timedelta(days=1)  # another event, with the number of one that the restore has lost
    Ticket().send(before, first_attempt=True)
    assert len(comments(jira, key)) == 2


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


def test_the_ticket_is_told_how_its_account_is_changed_and_why(jira, key, aws, drain):
    vend(key, drain)
    change_account(
        account=Account.objects.get(), wishes={"cost_center": "9999"}, reason="The team moved.", actor=Actor.person("g")
    )
    drain()
    said = comments(jira, key)[-1]
    assert "is being changed" in said
    for part in ("Cost center", "4711", "9999", "The team moved."):
        assert part in said
    assert not Delivery.objects.exclude(status=DeliveryStatus.SENT)


def test_the_ticket_is_told_that_its_edit_changes_nothing_and_why(jira, key, aws, drain):
    vend(key, drain)
    request = ask_for(key, cost_center="9999")
    leave_as_it_is(request=request, reason="Decided in spring.", actor=Actor.person("greg"))
    drain()
    said = comments(jira, key)[-1]
    assert "stays as it is" in said
    assert "Decided in spring." in said
