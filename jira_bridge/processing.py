"""Work on a stored delivery: read it, map it, hand it to vending. Once, whoever is asked twice."""

import json
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from audit.services import Actor, record_event
from jira_bridge import decisions, mapping
from jira_bridge.choices import Meaning, WebhookStatus
from jira_bridge.decisions import Ignored
from jira_bridge.jira import JiraError, time_limit
from jira_bridge.models import Ticket, WebhookDelivery
from jira_bridge.moves import Move, move_told, stands_there_already
from jira_bridge.snapshot import IssueSnapshot, UnknownShape, moment, read
from jira_bridge.values import Plain
from taskqueue import clock
from taskqueue.queue import enqueue
from vending.content import clean
from vending.models import AccountRequest
from vending.services import NotAllowed, receive_request

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
ATTEMPTS = 5
OUTAGE = timedelta(hours=24)
"""How long a delivery waits for a Jira that does not answer; then a person decides."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=15)
SECONDS = 35
"""For all calls to Jira about one delivery: one that hangs is told in its row before the queue stops the worker."""
CLOCKS_APART = timedelta(hours=1)
"""How far ahead of ours Jira's clock may be; a state from later than that cannot overtake all others."""


def process_new(public_id: str) -> None:
    """Process a delivery that the door just stored: it answers before it knows the row's id."""
    process(WebhookDelivery.objects.values_list("pk", flat=True).get(public_id=public_id))


def process(delivery_id: int) -> None:
    """Claim and process a delivery. A duplicate message finds nothing to claim.

    An error of ours leaves the delivery to the sweep; after five attempts it is failed and says so. While Jira does
    not answer it waits, for a day at most: that is nothing an attempt could be counted for.
    """
    delivery = _claim(delivery_id)
    if delivery is None:
        return
    if delivery.attempt > ATTEMPTS:
        _finish(delivery, WebhookStatus.FAILED, delivery.reason or f"Not processed in {ATTEMPTS} attempts.")
        return
    try:
        document = json.loads(bytes(delivery.body))
        _check_age(delivery, document)
        snapshot = read(document)
        request = _work(delivery, snapshot)
    except (Ignored, UnknownShape) as reason:
        _finish(delivery, WebhookStatus.IGNORED, str(reason))
    except NotAllowed as reason:
        _finish(delivery, WebhookStatus.FAILED, str(reason))
    except Exception as error:
        if isinstance(error, JiraError) and error.transient:
            _wait(delivery, error)
            return
        said = str(error) if isinstance(error, JiraError) else type(error).__name__
        WebhookDelivery.objects.filter(pk=delivery.pk).update(reason=f"The attempt failed and is repeated: {said}")
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


def _wait(delivery: WebhookDelivery, problem: JiraError) -> None:
    """Try again when Jira may answer: after half of the time that was waited already, a minute to a quarter hour."""
    now = clock.now()
    since = delivery.waiting_since or now
    if now - since >= OUTAGE:
        hours = int(OUTAGE.total_seconds() // 3600)
        _finish(delivery, WebhookStatus.FAILED, f"Given up after {hours} hours. {problem}")
        return
    asked = timedelta(seconds=min(problem.retry_after or 0, LONGEST_PAUSE.total_seconds()))
    pause = max(asked, min(max((now - since) / 2, FIRST_PAUSE), LONGEST_PAUSE))
    with transaction.atomic():
        WebhookDelivery.objects.filter(pk=delivery.pk).update(
            attempt=0, lease_until=now + pause, waiting_since=since, reason=f"It waits for Jira. {problem}"
        )
        enqueue("jira_bridge.tasks.process", delivery.pk, delay=pause)
    log.warning("webhook.waits", delivery=delivery.pk, since=since.isoformat(), problem=str(problem))


def _check_age(delivery: WebhookDelivery, document: dict[str, Any]) -> None:
    """Jira's signature covers no time: an old webhook may be a replayed one. WEBHOOK_MAX_AGE_HOURS 0 takes all.

    Jira repeats a webhook for about 75 minutes at most.
    """
    hours = settings.WEBHOOK_MAX_AGE_HOURS
    sent = moment(document.get("timestamp"))
    if hours and sent and delivery.received_at - sent > timedelta(hours=hours):
        raise Ignored(f"It was sent more than {hours} hours before it arrived (WEBHOOK_MAX_AGE_HOURS).")


def _work(delivery: WebhookDelivery, snapshot: IssueSnapshot) -> AccountRequest:
    """Everything a delivery changes, in one transaction with its own status."""
    WebhookDelivery.objects.filter(pk=delivery.pk).update(ticket=snapshot.key, event=snapshot.event[:60])
    known = Ticket.objects.filter(key=snapshot.key).select_related("request").first()
    _check_type(snapshot, known)
    raw = mapping.raw_values(snapshot)
    if not (known and known.request):
        if snapshot.deleted:
            raise Ignored("The issue was deleted in Jira before it asked for anything.")
        if snapshot.custom and not raw:
            raise Ignored("The delivery has none of the request's fields, and the ticket is not known yet.")
    with time_limit(SECONDS):
        move = _move(snapshot, known)
    with transaction.atomic():
        Ticket.objects.get_or_create(key=snapshot.key)
        ticket = Ticket.objects.select_for_update(of=("self",)).select_related("request").get(key=snapshot.key)
        if _overtaken(ticket, snapshot):
            request = decisions.late_approval(delivery, ticket, snapshot, move)
        else:
            if _settled_meanwhile(known, ticket, snapshot):
                move = None
            request = _take(delivery, snapshot, raw, move)
            _remember(ticket, snapshot, request)
        _finish(delivery, WebhookStatus.PROCESSED, "", request=request)
    return request


def _move(snapshot: IssueSnapshot, known: Ticket | None) -> Move | None:
    """The move that this delivery tells of, with what speaks against it. May ask Jira."""
    request = known.request if known else None
    meaning = mapping.meaning_of(snapshot.status)
    if meaning not in (*decisions.DECISIONS, Meaning.ON_HOLD) or decisions.needs_no_more(meaning, request):
        return None
    move = move_told(snapshot, known.status if known else "", known.updated_at if known else None)
    return decisions.judged(snapshot, request, move)


def _settled_meanwhile(known: Ticket | None, ticket: Ticket, snapshot: IssueSnapshot) -> bool:
    """Whether another worker has dealt with this move since we looked."""
    return ticket.status != (known.status if known else "") and stands_there_already(snapshot, ticket.status)


def _check_type(snapshot: IssueSnapshot, known: Ticket | None) -> None:
    """Raises Ignored for what is no account request. Custom data may leave the type out for a known ticket."""
    if mapping.accepted(snapshot):
        return
    if name := snapshot.request_type or snapshot.issue_type:
        raise Ignored(f"The type “{name}” is not an account request.")
    if known is None or known.request is None:
        raise Ignored("The issue has no type.")


def _take(
    delivery: WebhookDelivery, snapshot: IssueSnapshot, raw: dict[str, Plain], move: Move | None
) -> AccountRequest:
    """Take over the state of the ticket: its content, then what its status decides.

    What the delivery does not show at all stays as it was: custom data need not hold every field.
    """
    earlier = AccountRequest.objects.filter(ticket=snapshot.key).first()
    raw = {**(earlier.raw if earlier else {}), **raw}
    request = receive_request(
        ticket=snapshot.key, content=clean(raw), raw=raw,
        requester=snapshot.reporter or (earlier.requester if earlier else ""),
        actor=Actor.jira(snapshot.actor or snapshot.reporter or "unknown"),
    )  # fmt: skip
    edited = earlier is not None and earlier.content_hash != request.content_hash
    decisions.decide(delivery, snapshot, request, move, edited=edited)
    return request


def _overtaken(ticket: Ticket, snapshot: IssueSnapshot) -> bool:
    return bool(ticket.updated_at and snapshot.updated_at and snapshot.updated_at < ticket.updated_at)


def _remember(ticket: Ticket, snapshot: IssueSnapshot, request: AccountRequest) -> None:
    """Keep the newest state of the ticket."""
    ticket.request = request
    ticket.issue_id = snapshot.issue_id or ticket.issue_id
    ticket.status = snapshot.status or ticket.status
    if snapshot.updated_at:
        ticket.updated_at = min(snapshot.updated_at, clock.now() + CLOCKS_APART)
    ticket.save()


def _finish(
    delivery: WebhookDelivery, status: WebhookStatus, reason: str, *, request: AccountRequest | None = None
) -> None:
    """End the work on a delivery. Its row is the record: what it changed has events, what it did not needs none."""
    with transaction.atomic():
        WebhookDelivery.objects.filter(pk=delivery.pk).update(
            status=status,
            reason=reason,
            request=request,
            lease_until=None,
            waiting_since=None,
            processed_at=clock.now(),
        )
        if status == WebhookStatus.FAILED:
            record_event(
                actor=Actor.system("bridge"), action="webhook.failed", summary=reason, target_kind="webhook",
                target_id=delivery.pk, ticket=delivery.ticket,
            )  # fmt: skip
