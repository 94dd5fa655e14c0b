"""What each event says in the ticket: the message, its context, and where the ticket moves."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from django.conf import settings
from jinja2 import TemplateError

from audit.models import Event
from audit.services import Actor, record_event
from audit.subscribers import Refused
from jira_bridge import contexts
from jira_bridge.choices import Meaning
from jira_bridge.contexts import Context
from jira_bridge.markup import Document, render_message
from vending.models import AccountRequest

log = structlog.get_logger(__name__)

FELL_BACK = "message.fell_back"


@dataclass(frozen=True)
class Message:
    """A message of the ticket: its template, how its context is made, and the status it moves the ticket to."""

    template: str
    context: Callable[[Event, AccountRequest], Context]
    moves_to: Meaning | None = None
    moves_from: tuple[Meaning, ...] = ()


MESSAGES: dict[str, Message] = {
    "request.preflight_passed": Message(
        "received", contexts.received, moves_to=Meaning.AWAITING_APPROVAL, moves_from=(Meaning.TO_CORRECT,)
    ),
    "request.to_correct": Message(
        "to_correct",
        contexts.to_correct,
        moves_to=Meaning.TO_CORRECT,
        moves_from=(Meaning.AWAITING_APPROVAL, Meaning.APPROVED),
    ),
    "request.approval_refused": Message(
        "not_approved", contexts.not_approved, moves_to=Meaning.AWAITING_APPROVAL, moves_from=(Meaning.APPROVED,)
    ),
    "request.sent_back": Message(
        "not_approved",
        contexts.sent_back,
        moves_to=Meaning.AWAITING_APPROVAL,
        moves_from=(Meaning.APPROVED, Meaning.ON_HOLD),
    ),
    "run.started": Message("started", contexts.started, moves_to=Meaning.APPROVED, moves_from=(Meaning.ON_HOLD,)),
    "run.succeeded": Message("ready", contexts.ready, moves_to=Meaning.VALIDATION, moves_from=(Meaning.APPROVED,)),
    "run.failed": Message("failed", contexts.failed),
    "run.on_hold": Message("on_hold", contexts.on_hold, moves_to=Meaning.ON_HOLD, moves_from=(Meaning.APPROVED,)),
    "run.still_held": Message("on_hold", contexts.on_hold, moves_to=Meaning.ON_HOLD, moves_from=(Meaning.APPROVED,)),
    "run.released": Message("resumed", contexts.resumed, moves_to=Meaning.APPROVED, moves_from=(Meaning.ON_HOLD,)),
    "request.on_hold": Message("on_hold", contexts.needs_approval),
    "request.cancelled": Message("cancelled", contexts.cancelled),
    "run.cancelled": Message(
        "cancelled",
        contexts.cancelled,
        moves_to=Meaning.CANCELLED,
        moves_from=(Meaning.APPROVED, Meaning.ON_HOLD),
    ),
    "account.changed": Message("changed", contexts.changed),
    "request.edit_left": Message("left", contexts.left),
}
PROGRESS = Message("progress", contexts.progress)
"""Said in one comment that is kept up to date."""


def write(message: Message, event: Event, request: AccountRequest) -> Document:
    """The message's text, from the company's own template where there is one that works.

    A company's template that cannot be used loses no message: the shipped one is used, and an event says so.
    Raises Refused when the shipped one cannot be filled in either, or a link of the settings cannot be made.
    """
    try:
        context = message.context(event, request)
    except (ValueError, KeyError) as problem:
        raise Refused(f"The message “{message.template}” cannot be written: {problem}") from problem
    try:
        return render_message(message.template, context, settings.JIRA_LANGUAGE)
    except Exception as problem:  # a template may raise anything that an expression can raise
        log.exception("message.template_broken", template=message.template, ticket=event.ticket)
        broken = problem
    try:
        document = render_message(message.template, context, settings.JIRA_LANGUAGE, shipped_only=True)
    except (TemplateError, ValueError) as problem:
        raise Refused(f"The message “{message.template}” cannot be written: {problem}") from problem
    _tell_once(message.template, event, f"{type(broken).__name__}: {broken}")
    return document


def _tell_once(template: str, event: Event, problem: str) -> None:
    """An event about the broken template; a delivery that is repeated adds none."""
    told = f"The company's message “{template}” could not be used, the shipped one was: {problem[:300]}"
    if Event.objects.filter(ticket=event.ticket, action=FELL_BACK, summary=told).exists():
        return
    record_event(
        actor=Actor.system("bridge"), action=FELL_BACK, summary=told, target_kind=event.target_kind,
        target_id=event.target_id, ticket=event.ticket, run_id=event.run_id,
    )  # fmt: skip
