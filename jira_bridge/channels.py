"""The two ways out, behind one interface: Jira's REST interface, or mail through SES into Jira's mailbox."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings

from audit.subscribers import NotNow, Refused, Unneeded
from jira_bridge.jira import JiraError, JiraRejected, jira_client, reference_line, time_limit
from jira_bridge.mail import MailError, send_comment_mail, sender_for, ses_connection
from jira_bridge.marks import LINK_ID, PROPERTY, Marks
from jira_bridge.markup import Document
from jira_bridge.people import assignee_email
from jira_bridge.turns import turn_at

SECONDS = 35
"""For all calls of one delivery; with the wait for its turn it ends before the queue stops the worker."""


@dataclass(frozen=True)
class Move:
    """A change of the ticket's status, made only from where it makes sense: people may have moved it meanwhile."""

    to: str
    only_from: tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """A comment: its title (a mail's subject), its text, and the marker by which it is found again."""

    title: str
    document: Document
    marker: str
    internal: bool = False


class Channel(Protocol):
    """A way to say something in a ticket. What it cannot do at all raises Unneeded with the reason."""

    def say(self, ticket: str, words: Words, *, first_attempt: bool) -> str:
        """Write a comment once, recognised by its marker; returns what the receiver calls it."""

    def keep(self, ticket: str, words: Words, *, only_update: bool) -> str:
        """Make the one comment with this marker say this; `only_update` writes none where none is yet."""

    def move(self, ticket: str, move: Move) -> None:
        """Move the ticket; standing elsewhere, or no way there, is no error."""

    def mark(self, ticket: str, marks: Marks, *, everything: bool) -> str:
        """Write the machine-readable state; with `everything` also labels and the link to the portal."""


class RestChannel:
    """Everything over Jira's REST interface."""

    def say(self, ticket: str, words: Words, *, first_attempt: bool) -> str:
        said = jira_client().add_comment(ticket, words.document, marker=words.marker, internal=words.internal)
        return str(said.get("id", ""))

    def keep(self, ticket: str, words: Words, *, only_update: bool) -> str:
        client = jira_client()
        if only_update and not client.find_comment(ticket, words.marker):
            raise Unneeded("There is no progress in the ticket yet that could be out of date.")
        kept = client.keep_comment(ticket, words.document, marker=words.marker, internal=words.internal)
        return str(kept.get("id", ""))

    def move(self, ticket: str, move: Move) -> None:
        client = jira_client()
        stands_at = client.issue(ticket, ["status"])["fields"]["status"]["name"]
        if stands_at.casefold() not in {name.casefold() for name in move.only_from}:
            return
        try:
            client.transition(ticket, move.to)
        except JiraRejected as rejected:
            if rejected.status not in (400, 404, 409):
                raise

    def mark(self, ticket: str, marks: Marks, *, everything: bool) -> str:
        client = jira_client()
        client.set_property(ticket, PROPERTY, marks.state)
        if everything:
            address, title, summary = marks.link
            client.remote_link(ticket, LINK_ID, address, title, summary)
            client.add_labels(ticket, marks.labels)
        return f"{PROPERTY}: {marks.state['state']}"


class MailChannel:
    """Comments by mail, in the assignee's name where the domain is ours. A mail can only add a public comment: what
    else there is goes over REST where Jira's address is known, and is left out where it is not."""

    def say(self, ticket: str, words: Words, *, first_attempt: bool) -> str:
        if not (settings.JIRA_MAILBOX and settings.SES_FROM):
            raise Unneeded("Mail is not set up: JIRA_MAILBOX and SES_FROM are needed.")
        if words.internal:
            raise Unneeded("This message is internal (JIRA_INTERNAL_MESSAGES), and a mail becomes a public comment.")
        if not first_attempt and settings.JIRA_BASE_URL and (found := jira_client().find_comment(ticket, words.marker)):
            return str(found.get("id", ""))
        return send_comment_mail(
            ses_connection().client(),
            issue_key=ticket,
            sender=sender_for(assignee_email(ticket), settings.SES_FROM_DOMAIN, settings.SES_FROM),
            to=settings.JIRA_MAILBOX,
            title=words.title,
            document=words.document,
            reference=reference_line(words.marker),
            notation="wiki" if settings.JIRA_FLAVOUR == "datacenter" else "plain",
        )

    def keep(self, ticket: str, words: Words, *, only_update: bool) -> str:
        raise Unneeded("A mail cannot update a comment: progress is not sent by mail.")

    def move(self, ticket: str, move: Move) -> None:
        if settings.JIRA_BASE_URL:
            RestChannel().move(ticket, move)

    def mark(self, ticket: str, marks: Marks, *, everything: bool) -> str:
        if not settings.JIRA_BASE_URL:
            raise Unneeded("A mail cannot mark a ticket, and JIRA_BASE_URL is empty.")
        return RestChannel().mark(ticket, marks, everything=everything)


@contextmanager
def way_to(ticket: str) -> Iterator[Channel]:
    """The channel of the settings, alone with the ticket and for a limited time.

    What goes wrong inside is told in the words of a delivery: NotNow, Refused; Unneeded when Jira is not set up.
    """
    way_out = _channel()
    try:
        with turn_at(ticket), time_limit(SECONDS):
            yield way_out
    except (JiraError, MailError) as problem:
        if problem.transient:
            raise NotNow(str(problem), after=problem.retry_after) from problem
        raise Refused(str(problem)) from problem


def _channel() -> Channel:
    if settings.JIRA_CHANNEL == "mail":
        return MailChannel()
    if not settings.JIRA_BASE_URL:
        raise Unneeded("Jira is not set up: JIRA_BASE_URL is empty.")
    return RestChannel()
