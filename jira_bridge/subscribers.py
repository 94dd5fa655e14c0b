"""The ticket as a subscriber of the audit stream."""

from django.conf import settings
from django.utils import translation
from jinja2 import TemplateError

from audit.models import Event
from audit.subscribers import Refused, Unneeded
from jira_bridge import channels, mapping
from jira_bridge.markup import Document, render_message
from jira_bridge.messages import MESSAGES, Message
from vending.models import AccountRequest


class Ticket:
    """Tells the requester and GAS, in the ticket itself, what happens to it."""

    def wants(self, event: Event) -> bool:
        return bool(event.ticket) and event.action in MESSAGES

    def stream(self, event: Event) -> str:
        return event.ticket

    def send(self, event: Event, *, first_attempt: bool) -> str:
        request = AccountRequest.objects.filter(ticket=event.ticket).first()
        if request is None:
            raise Unneeded("There is no request for this ticket.")
        message = MESSAGES[event.action]
        document = _write(message, event, request)
        return channels.say_and_move(
            event.ticket,
            document,
            title=message.title,
            marker=f"event-{event.pk}",
            move=_move(message),
            first_attempt=first_attempt,
        )


def _write(message: Message, event: Event, request: AccountRequest) -> Document:
    """The message's text. Raises Refused for a company's own template or link that cannot be filled in."""
    with translation.override(settings.JIRA_LANGUAGE):
        try:
            return render_message(message.template, message.context(event, request), settings.JIRA_LANGUAGE)
        except (TemplateError, ValueError, KeyError) as problem:
            raise Refused(f"The message “{message.template}” cannot be written: {problem}") from problem


def _move(message: Message) -> channels.Move | None:
    if message.moves_to is None or not (to := mapping.status_for(message.moves_to)):
        return None
    return channels.Move(to, tuple(mapping.statuses_for(*message.moves_from)))
