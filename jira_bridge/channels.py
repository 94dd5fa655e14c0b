"""The two ways out, behind one interface: Jira's REST interface, or mail through SES into Jira's mailbox."""

from dataclasses import dataclass
from typing import Protocol

from django.conf import settings

from audit.subscribers import NotNow, Refused, Unneeded
from jira_bridge.jira import JiraError, JiraRejected, jira_client, reference_line
from jira_bridge.mail import MailError, send_comment_mail, sender_for, ses_connection
from jira_bridge.markup import Document
from jira_bridge.people import assignee_email


@dataclass(frozen=True)
class Move:
    """A change of the ticket's status, made only from where it makes sense: people may have moved it meanwhile."""

    to: str
    only_from: tuple[str, ...]


class Channel(Protocol):
    """A way to say something in a ticket."""

    def say(self, ticket: str, document: Document, *, title: str, marker: str, first_attempt: bool) -> str:
        """Write a comment once, recognised by its marker; returns what the receiver calls it."""

    def move(self, ticket: str, move: "Move") -> None:
        """Move the ticket; standing elsewhere, or no way there, is no error."""


class RestChannel:
    """Comments and transitions over Jira's REST interface."""

    def say(self, ticket: str, document: Document, *, title: str, marker: str, first_attempt: bool) -> str:
        return str(jira_client().add_comment(ticket, document, marker=marker).get("id", ""))

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


class MailChannel:
    """Comments by mail, in the assignee's name where the domain is ours. Mail cannot move a ticket."""

    def say(self, ticket: str, document: Document, *, title: str, marker: str, first_attempt: bool) -> str:
        if not (settings.JIRA_MAILBOX and settings.SES_FROM):
            raise Unneeded("Mail is not set up: JIRA_MAILBOX and SES_FROM are needed.")
        if not first_attempt and settings.JIRA_BASE_URL and (found := jira_client().find_comment(ticket, marker)):
            return str(found.get("id", ""))
        return send_comment_mail(
            ses_connection().client(),
            issue_key=ticket,
            sender=sender_for(assignee_email(ticket), settings.SES_FROM_DOMAIN, settings.SES_FROM),
            to=settings.JIRA_MAILBOX,
            title=title,
            document=document,
            reference=reference_line(marker),
            notation="wiki" if settings.JIRA_FLAVOUR == "datacenter" else "plain",
        )

    def move(self, ticket: str, move: Move) -> None:
        if settings.JIRA_BASE_URL:
            RestChannel().move(ticket, move)


def channel() -> Channel:
    """The channel of the settings. Raises Unneeded when Jira is not set up at all."""
    if settings.JIRA_CHANNEL == "mail":
        return MailChannel()
    if not settings.JIRA_BASE_URL:
        raise Unneeded("Jira is not set up: JIRA_BASE_URL is empty.")
    return RestChannel()


def say_and_move(
    ticket: str, document: Document, *, title: str, marker: str, move: Move | None, first_attempt: bool
) -> str:
    """Say it and move the ticket, in the words of a delivery: NotNow, Refused, Unneeded."""
    way_out = channel()
    try:
        receipt = way_out.say(ticket, document, title=title, marker=marker, first_attempt=first_attempt)
        if move is not None:
            way_out.move(ticket, move)
    except (JiraError, MailError) as problem:
        if problem.transient:
            raise NotNow(str(problem), after=problem.retry_after) from problem
        raise Refused(str(problem)) from problem
    return receipt
