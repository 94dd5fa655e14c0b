"""Writes of the bridge: store a delivery, count a refusal, keep the mapping."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from audit.services import Actor, record_event
from jira_bridge.choices import Source, WebhookStatus
from jira_bridge.mapping import export_mapping, import_mapping
from jira_bridge.models import Refusal, WebhookDelivery
from jira_bridge.payload import parse
from jira_bridge.snapshot import IssueSnapshot
from taskqueue import clock
from taskqueue.queue import enqueue
from vending.cleaning import storable
from vending.services import NotAllowed

KEPT_HEADERS = (
    "Content-Type", "User-Agent", "X-Atlassian-Webhook-Identifier", "X-Atlassian-Webhook-Retry",
    "X-Atlassian-Webhook-Flow", "X-Atlassian-Webhook-Trace",
)  # fmt: skip
IDENTIFIER = "X-Atlassian-Webhook-Identifier"
LONGEST_HEADER = 300
LONGEST_IDENTIFIER = 200
REPEATABLE = (WebhookStatus.IGNORED, WebhookStatus.FAILED)
REPEAT_WINDOW = timedelta(minutes=10)


def store_delivery(*, source: Source, body: bytes, document: dict[str, Any], headers: dict[str, str]) -> UUID:
    """Store a delivery and ask a worker to process it; a repeated one is counted. Returns its public id.

    Repeated means the same identifier, or the same bytes. Bytes without any time of their own count as the
    same for ten minutes only: a template that says no more may rightly say it again.
    """
    kept = {name: storable(headers[name][:LONGEST_HEADER]) for name in KEPT_HEADERS if name in headers}
    identifier = _identifier(document, kept)
    digest = hashlib.sha256(body).hexdigest()
    for last_try in (False, True):
        first, content_key = _known(identifier, digest, timeless=not _has_own_time(document))
        if first is not None:
            WebhookDelivery.objects.filter(pk=first.pk).update(repeats=F("repeats") + 1)
            return first.public_id
        try:
            with transaction.atomic():
                delivery = WebhookDelivery.objects.create(
                    source=source,
                    body=body,
                    headers=kept,
                    identifier=identifier,
                    content_key=content_key,
                    event=str(document.get("webhookEvent") or "")[:60],
                    received_at=clock.now(),
                )
                enqueue("jira_bridge.tasks.process", delivery.pk)
        except IntegrityError:  # another process stored the same at the same moment: now it is found
            if last_try:
                raise
        else:
            return delivery.public_id
    raise AssertionError("the last try returns or raises")


def store_found(*, issue: dict[str, Any], snapshot: IssueSnapshot) -> tuple[WebhookDelivery, bool]:
    """Store the state of an issue that was read in Jira and no webhook told; returns its row and whether it is new.

    The same state is stored once, whichever host reads it. Raises Malformed for what the door would refuse.
    """
    state = int(snapshot.updated_at.timestamp() * 1000) if snapshot.updated_at else "undated"
    return store_read(
        document={"webhookEvent": "sweep", "issue": issue},
        ticket=snapshot.key,
        identifier=f"sweep-{snapshot.key}-{state}",
    )


@transaction.atomic
def store_read(*, document: dict[str, Any], ticket: str, identifier: str) -> tuple[WebhookDelivery, bool]:
    """Store what was read in Jira as a delivery of its own source, once for each identifier, and have it processed."""
    now = clock.now()
    body = json.dumps({**document, "readAt": now.isoformat()}, ensure_ascii=False).encode(errors="replace")
    parse(body)
    delivery, new = WebhookDelivery.objects.get_or_create(
        identifier=identifier,
        defaults={
            "source": Source.SWEEP, "body": body, "content_key": hashlib.sha256(body).hexdigest(),
            "event": str(document["webhookEvent"])[:60], "ticket": ticket, "received_at": now,
        },
    )  # fmt: skip
    if new:
        enqueue("jira_bridge.tasks.process", delivery.pk)
    return delivery, new


def _known(identifier: str, digest: str, *, timeless: bool) -> tuple[WebhookDelivery | None, str]:
    """The delivery that this one repeats, or None and the key under which it is to be stored.

    The key names the last delivery of the same bytes: of two that come at once, the unique index takes one.
    """
    rows = WebhookDelivery.objects.only("public_id", "received_at")
    if identifier and (first := rows.filter(identifier=identifier).first()):
        return first, ""
    last = rows.filter(content_key__startswith=digest).first()
    if last and not (timeless and last.received_at < clock.now() - REPEAT_WINDOW):
        return last, ""
    return None, f"{digest}:{last.pk}" if last else digest


def _identifier(document: dict[str, Any], headers: dict[str, str]) -> str:
    """Jira's own identifier, or the one our custom-data template puts into the body."""
    given = headers.get(IDENTIFIER) or document.get("deliveryId") or ""
    text = str(given) if isinstance(given, str | int) else ""
    return text if len(text) <= LONGEST_IDENTIFIER else hashlib.sha256(text.encode()).hexdigest()


def _has_own_time(document: dict[str, Any]) -> bool:
    issue = document.get("issue") if isinstance(document.get("issue"), dict) else document
    fields = issue.get("fields") if isinstance(issue, dict) else None
    return "timestamp" in document or (isinstance(fields, dict) and bool(fields.get("updated")))


@transaction.atomic
def process_again(*, delivery: WebhookDelivery, actor: Actor) -> None:
    """Process an ignored or failed delivery once more, for instance after its type or field was mapped.

    Raises NotAllowed for one that is still to be processed, or was, or whose body was removed for its age.
    """
    if delivery.body_removed_at:
        raise NotAllowed("Its body was removed for its age. Have the ticket read in Jira again instead.")
    taken = WebhookDelivery.objects.filter(pk=delivery.pk, status__in=REPEATABLE).update(
        status=WebhookStatus.RECEIVED, attempt=0, reason="", processed_at=None
    )
    if not taken:
        delivery.refresh_from_db(fields=["status"])
        state = delivery.get_status_display().lower()
        raise NotAllowed(f"This delivery is {state}; only an ignored or failed one can be processed again.")
    record_event(
        actor=actor,
        action="webhook.repeated",
        summary=f"{actor.name} asked to process a delivery of {delivery.ticket or 'Jira'} again.",
        target_kind="webhook",
        target_id=delivery.pk,
        ticket=delivery.ticket,
        before={"status": delivery.status, "reason": delivery.reason},
    )
    enqueue("jira_bridge.tasks.process", delivery.pk)


def count_refusal(*, reason: str) -> None:
    """Count a refused delivery in its hour; a flood makes one row grow, not a table."""
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    changed = Refusal.objects.filter(hour=hour, reason=reason).update(count=F("count") + 1)
    if not changed:
        row, created = Refusal.objects.get_or_create(hour=hour, reason=reason, defaults={"count": 1})
        if not created:
            Refusal.objects.filter(pk=row.pk).update(count=F("count") + 1)


def sweep() -> int:
    """Enqueue deliveries that wait for a worker too long or whose worker died; returns how many."""
    now: datetime = clock.now()
    waiting = WebhookDelivery.objects.filter(status=WebhookStatus.RECEIVED, received_at__lt=now - timedelta(seconds=10))
    abandoned = WebhookDelivery.objects.filter(status=WebhookStatus.PROCESSING, lease_until__lt=now)
    ids = [*waiting.values_list("pk", flat=True)[:500], *abandoned.values_list("pk", flat=True)[:500]]
    for pk in ids:
        enqueue("jira_bridge.tasks.process", pk)
    return len(ids)


__all__ = ["count_refusal", "export_mapping", "import_mapping", "process_again", "store_delivery", "sweep"]
