"""Writes of the audit stream."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from audit import subscribers
from audit.choices import ActorKind
from audit.models import Delivery, Event
from taskqueue import clock
from taskqueue.queue import enqueue


@dataclass(frozen=True)
class Actor:
    """Who did it: a person of the portal, a Jira user, or a part of the portal itself."""

    kind: ActorKind
    name: str

    @classmethod
    def person(cls, username: str) -> "Actor":
        return cls(ActorKind.PERSON, username)

    @classmethod
    def jira(cls, account: str) -> "Actor":
        return cls(ActorKind.JIRA, account)

    @classmethod
    def system(cls, part: str) -> "Actor":
        return cls(ActorKind.SYSTEM, part)


@transaction.atomic(savepoint=False)
def record_event(
    *,
    actor: Actor,
    action: str,
    summary: str,
    target_kind: str,
    target_id: int,
    ticket: str = "",
    run_id: int | None = None,
    account_id: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    aws_request_ids: list[str] | None = None,
) -> Event:
    """Append an event and lay a delivery for each subscriber that wants it, all in the caller's transaction."""
    event = Event.objects.create(
        at=clock.now(),
        actor_kind=actor.kind,
        actor=actor.name[:200],
        action=action,
        summary=summary,
        target_kind=target_kind,
        target_id=target_id,
        ticket=ticket,
        run_id=run_id,
        account_id=account_id,
        before=before,
        after=after,
        aws_request_ids=aws_request_ids or [],
    )
    for name, subscriber in subscribers.active().items():
        if subscriber.wants(event):
            delivery = Delivery.objects.create(
                event=event, subscriber=name, stream=subscriber.stream(event), due_at=clock.now()
            )
            enqueue("audit.tasks.deliver", delivery.pk)
    return event
