"""The ticket as a subscriber of the audit stream, three times: each part is delivered, retried and resent by itself.

What is said stands in messages, what the ticket is marked with in marks.
"""

from django.conf import settings

from audit.models import Event
from audit.subscribers import Unneeded
from jira_bridge import mapping
from jira_bridge.channels import Move, Words, way_to
from jira_bridge.marks import marks_of
from jira_bridge.markup import Document
from jira_bridge.messages import MESSAGES, PROGRESS, Message, write
from jira_bridge.words import title
from vending.milestones import MILESTONE_OF, Milestone, Progress, progress_of
from vending.models import AccountRequest, Run

ENDS = ("run.succeeded", "run.failed", "run.cancelled", "run.retried", "step.retried", "step.skipped")
"""What makes a progress comment untrue that stands in the ticket already."""
MARKED = (
    "request.received", "request.preflight_passed", "request.to_correct", "request.reopened", "request.declined",
    "request.cancelled", "run.started", "run.on_hold", "run.released", *ENDS,
)  # fmt: skip
FULLY_MARKED = ("request.received", "run.started", "run.succeeded")
"""With labels and link; in between only the state changes."""


class Ticket:
    """Tells the requester and GAS, in the ticket itself, what happens to it."""

    def wants(self, event: Event) -> bool:
        return bool(event.ticket) and event.action in MESSAGES

    def stream(self, event: Event) -> str:
        return event.ticket

    def send(self, event: Event, *, first_attempt: bool) -> str:
        request = _request(event)
        message = MESSAGES[event.action]
        marker = f"event-{event.pk}-{event.at:%Y%m%d%H%M%S%f}"  # numbers come again after a restore, times do not
        words = _words(message, write(message, event, request), marker)
        move = _move(message)
        with way_to(event.ticket) as channel:
            receipt = channel.say(event.ticket, words, first_attempt=first_attempt)
            if move is not None:
                channel.move(event.ticket, move)
        return receipt


class TicketProgress:
    """Keeps one comment for each run: it says which milestones are reached."""

    def wants(self, event: Event) -> bool:
        if not event.ticket or event.run_id is None or settings.JIRA_CHANNEL == "mail" or not settings.JIRA_BASE_URL:
            return False
        return event.action in ENDS or (event.action == "step.succeeded" and _step(event) in MILESTONE_OF)

    def stream(self, event: Event) -> str:
        return event.ticket

    def send(self, event: Event, *, first_attempt: bool) -> str:
        request, run = _request(event), Run.objects.get(pk=event.run_id or 0)
        if event.action == "step.succeeded":
            _check_reached(run, MILESTONE_OF[_step(event)])
        marker = f"progress-{run.pk}-{run.started_at:%Y%m%d%H%M%S%f}"
        words = _words(PROGRESS, write(PROGRESS, event, request), marker)
        with way_to(event.ticket) as channel:
            return channel.keep(event.ticket, words, only_update=event.action in ENDS)


class TicketMarks:
    """Keeps the ticket's issue property, labels and link to the portal."""

    def wants(self, event: Event) -> bool:
        if not event.ticket or not settings.JIRA_BASE_URL:
            return False
        return event.action in MARKED or _has_account(event)

    def stream(self, event: Event) -> str:
        return event.ticket

    def send(self, event: Event, *, first_attempt: bool) -> str:
        request = _request(event)
        with way_to(event.ticket) as channel:
            everything = event.action in FULLY_MARKED or _has_account(event)
            return channel.mark(event.ticket, marks_of(request), everything=everything)


def _has_account(event: Event) -> bool:
    return event.action == "step.succeeded" and _step(event) == "create_account"


def _step(event: Event) -> str:
    return str((event.after or {}).get("step", ""))


def _request(event: Event) -> AccountRequest:
    request = AccountRequest.objects.filter(ticket=event.ticket).first()
    if request is None:
        raise Unneeded("There is no request for this ticket.")
    return request


def _check_reached(run: Run, milestone: Milestone) -> None:
    """The last step of a milestone tells of it. Raises Unneeded for the steps before."""
    state = progress_of(run.steps.values_list("step", "status"))
    if state[milestone] != Progress.DONE:
        raise Unneeded(f"“{milestone.label}” is not reached yet; its last step tells of it.")


def _words(message: Message, document: Document, marker: str) -> Words:
    internal = message.template in settings.JIRA_INTERNAL_MESSAGES
    return Words(title(message.template, settings.JIRA_LANGUAGE), document, marker, internal)


def _move(message: Message) -> Move | None:
    if message.moves_to is None or not (to := mapping.status_for(message.moves_to)):
        return None
    return Move(to, tuple(mapping.statuses_for(*message.moves_from)))
