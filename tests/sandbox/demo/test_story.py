"""The parts of the story: people with browsers, looks from outside, statements with reasons."""

import threading
from collections.abc import Iterator

import pytest
from rich.console import Console

from sandbox.aws.server import SandboxAws
from sandbox.demo.story.chapters import LONG_EMAIL
from sandbox.demo.story.outside import Aws, Tickets, text_of
from sandbox.demo.story.people import JiraUser, Refused
from sandbox.demo.story.scene import order
from sandbox.demo.story.timeline import Stuck, Timeline
from sandbox.jira import fields
from sandbox.jira.people import GUS, RITA
from sandbox.jira.server import SandboxJira


@pytest.fixture
def jira() -> Iterator[SandboxJira]:
    with SandboxJira(automation="off") as server:
        yield server


@pytest.fixture
def timeline() -> Timeline:
    return Timeline(Console(quiet=True), threading.Event())


def test_a_request_is_ordered_corrected_and_approved_with_forms_and_buttons(jira: SandboxJira) -> None:
    rita, gus, tickets = JiraUser(RITA, jira.url), JiraUser(GUS, jira.url), Tickets(jira.url)
    ticket = rita.order(order("payments-dev", "aws@example.com", "security@example.com", ("vpc-standard",)))
    gus.move(ticket, "Respond to customer")
    rita.edit(ticket, {fields.ACCOUNT_NAME.id: "payments"})
    rita.move(ticket, "Resubmit")
    gus.move(ticket, "Start progress")
    assert tickets.status(ticket) == "In Progress"


def test_a_button_that_is_not_on_the_page_cannot_be_pressed(jira: SandboxJira) -> None:
    rita = JiraUser(RITA, jira.url)
    ticket = rita.order(order("payments-dev", "aws@example.com", "security@example.com"))
    with pytest.raises(Refused):
        rita.move(ticket, "Start progress")


def test_the_account_is_read_back_from_aws(aws: SandboxAws) -> None:
    outside = Aws(aws.url)
    account = outside.accounts("AWS-log-archive@example.com")[0]["Id"]
    assert outside.unit_of(account) == "Production"
    assert outside.tags(account) == {"purpose": "Security log archive"}
    assert outside.creations("aws-log-archive@example.com") == 1
    assert outside.contact(account, "SECURITY") == {"Name": "ResourceNotFoundException"}
    assert outside.stack_sets_in(account, ["account-baseline"]) == {}


def test_the_address_of_the_story_is_longer_than_aws_allows() -> None:
    assert len(LONG_EMAIL) == 70


def test_links_of_a_comment_are_read_with_their_addresses() -> None:
    link = {
        "type": "text",
        "text": "Costs",
        "marks": [{"type": "link", "attrs": {"href": "https://x.example/"}}],
    }
    assert text_of({"type": "doc", "content": [{"type": "paragraph", "content": [link]}]}) == (
        "Costs <https://x.example/>\n"
    )


def test_a_statement_that_does_not_come_true_is_remembered_with_its_reason(timeline: Timeline) -> None:
    timeline.chapter("One")
    with pytest.raises(Stuck):
        timeline.until("The ticket is Done", 0.1, lambda: None, lambda: "it is In Progress")
    assert timeline.broken == ["One: The ticket is Done (not within 0 s; it is In Progress)"]


def test_a_statement_that_holds_is_counted(timeline: Timeline) -> None:
    timeline.check("Two is two", 2)
    assert (timeline.held, timeline.broken) == (1, [])
