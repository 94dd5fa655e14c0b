"""Work on a stored delivery: read it, map it, hand it to vending. Once, whoever is asked twice."""

import json
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q

from audit.services import Actor, record_event
from jira_bridge import mapping
from jira_bridge.choices import Meaning, WebhookStatus
from jira_bridge.models import Ticket, WebhookDelivery
from jira_bridge.people import who_moved
from jira_bridge.snapshot import IssueSnapshot, UnknownShape, read
from taskqueue import clock
from vending.choices import Decision, RequestStatus
from vending.content import clean
from vending.models import AccountRequest
from vending.services import receive_request, record_decision, reopen_request

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
ATTEMPTS = 5
DECISIONS = {
    Meaning.APPROVED: Decision.APPROVED,
    Meaning.DECLINED: Decision.DECLINED,
    Meaning.CANCELLED: Decision.WITHDRAWN,
}

BEHIND_APPROVAL = (
    RequestStatus.APPROVED, RequestStatus.VENDING, RequestStatus.FAILED, RequestStatus.ON_HOLD,
)  # fmt: skip


class Ignored(Exception):
    """There is nothing to do with this delivery; the text says why."""


def process(delivery_id: int) -> None:
    """Claim and process a delivery. A duplicate message finds nothing to claim.

    An error of ours leaves the delivery to the sweep; after five attempts it is failed and says so.
    """
    delivery = _claim(delivery_id)
    if delivery is None:
        return
    if delivery.attempt > ATTEMPTS:
        _finish(delivery, WebhookStatus.FAILED, delivery.reason or f"Not processed in {ATTEMPTS} attempts.")
        return
    try:
        snapshot = read(json.loads(bytes(delivery.body)))
        request = _work(delivery, snapshot)
    except (Ignored, UnknownShape) as reason:
        _finish(delivery, WebhookStatus.IGNORED, str(reason))
    except Exception as error:
        WebhookDelivery.objects.filter(pk=delivery.pk).update(
            reason=f"{type(error).__name__}: the attempt failed and is repeated."
        )
        raise
    else:
        log.info("webhook.processed", ticket=request.ticket, status=request.status)


def _claim(delivery_id: int) -> WebhookDelivery | None:
    now = clock.now()
    open_ = Q(status=WebhookStatus.RECEIVED) | Q(status=WebhookStatus.PROCESSING, lease_until__lt=now)
    taken = WebhookDelivery.objects.filter(open_, pk=delivery_id).update(
        status=WebhookStatus.PROCESSING, attempt=F("attempt") + 1, lease_until=now + LEASE
    )
    return WebhookDelivery.objects.get(pk=delivery_id) if taken else None


def _work(delivery: WebhookDelivery, snapshot: IssueSnapshot) -> AccountRequest:
    """Everything a delivery changes, in one transaction with its own status."""
    WebhookDelivery.objects.filter(pk=delivery.pk).update(ticket=snapshot.key, event=snapshot.event[:60])
    if not mapping.accepted(snapshot):
        name = snapshot.request_type or snapshot.issue_type
        raise Ignored(f"The type “{name}” is not an account request." if name else "The issue has no type.")
    if snapshot.deleted:
        raise Ignored("The issue was deleted in Jira; what was vended stays.")
    meaning = mapping.meaning_of(snapshot.status)
    decided_by = _decided_by(snapshot, meaning)
    with transaction.atomic():
        ticket = _newest(snapshot)
        actor = Actor.jira(snapshot.actor or snapshot.reporter or "unknown")
        raw = mapping.raw_values(snapshot)
        request = receive_request(
            ticket=snapshot.key, content=clean(raw), requester=snapshot.reporter, raw=dict(raw), actor=actor
        )
        decision = _decision(meaning, request)
        if decision is not None:
            record_decision(
                request=request, decision=decision, decided_by=decided_by or "unknown",
                decided_at=snapshot.updated_at or clock.now(), source=f"delivery {delivery.public_id}",
                actor=Actor.jira(decided_by or "unknown"),
            )  # fmt: skip
        elif meaning == Meaning.AWAITING_APPROVAL:
            reopen_request(request=request, actor=actor)
        Ticket.objects.filter(pk=ticket.pk).update(request=request)
        _finish(delivery, WebhookStatus.PROCESSED, "", request=request)
    return request


def _decision(meaning: Meaning | None, request: AccountRequest) -> Decision | None:
    """What the ticket's status decides; one that goes back behind its approval withdraws it."""
    if meaning in (Meaning.AWAITING_APPROVAL, Meaning.TO_CORRECT) and request.status in BEHIND_APPROVAL:
        return Decision.WITHDRAWN
    return DECISIONS.get(meaning) if meaning else None


def _decided_by(snapshot: IssueSnapshot, meaning: Meaning | None) -> str:
    """Who moved the ticket: Automation's issue data does not say, so Jira is asked, outside any transaction."""
    if meaning not in (*DECISIONS, Meaning.AWAITING_APPROVAL, Meaning.TO_CORRECT):
        return ""
    if snapshot.actor or meaning not in DECISIONS:
        return snapshot.actor
    return who_moved(snapshot.key, snapshot.status) or "unknown (Jira automation)"


def _newest(snapshot: IssueSnapshot) -> Ticket:
    """Keep the newest state of the ticket. Raises Ignored for a delivery that a newer one has overtaken."""
    Ticket.objects.get_or_create(key=snapshot.key)
    ticket = Ticket.objects.select_for_update().get(key=snapshot.key)
    if ticket.updated_at and snapshot.updated_at and snapshot.updated_at < ticket.updated_at:
        raise Ignored("A newer state of the ticket is known already.")
    ticket.issue_id = snapshot.issue_id or ticket.issue_id
    ticket.status = snapshot.status or ticket.status
    ticket.updated_at = snapshot.updated_at or ticket.updated_at
    ticket.save()
    return ticket


def _finish(
    delivery: WebhookDelivery, status: WebhookStatus, reason: str, *, request: AccountRequest | None = None
) -> None:
    with transaction.atomic():
        WebhookDelivery.objects.filter(pk=delivery.pk).update(
            status=status, reason=reason, request=request, lease_until=None, processed_at=clock.now()
        )
        record_event(
            actor=Actor.system("bridge"), action=f"webhook.{status.value}",
            summary=reason or "A delivery of Jira was processed.", target_kind="webhook", target_id=delivery.pk,
            ticket=request.ticket if request else "",
        )  # fmt: skip
