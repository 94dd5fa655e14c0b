"""Writes of the bridge: keep what was read in Jira, count a refusal, process again, keep the mapping."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from audit.services import Actor, record_event
from jira_bridge.choices import Source, WebhookStatus
from jira_bridge.mapping import export_mapping, import_mapping
from jira_bridge.models import Refusal, WebhookDelivery
from jira_bridge.payload import parse
from jira_bridge.snapshot import IssueSnapshot
from taskqueue import clock
from taskqueue.again import send_again
from taskqueue.queue import enqueue
from vending.services import NotAllowed

REPEATABLE = (WebhookStatus.IGNORED, WebhookStatus.FAILED)


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


@transaction.atomic
def process_again(*, delivery: WebhookDelivery, actor: Actor) -> None:
    """Process an ignored or failed delivery once more, for instance after its type or field was mapped.

    Raises NotAllowed for one that is still to be processed, or was, or whose body was removed for its age.
    """
    if delivery.body_removed_at:
        raise NotAllowed(_("Its body was removed for its age. Have the ticket read in Jira again instead."))
    taken = WebhookDelivery.objects.filter(pk=delivery.pk, status__in=REPEATABLE).update(
        status=WebhookStatus.RECEIVED, attempt=0, reason="", processed_at=None
    )
    if not taken:
        delivery.refresh_from_db(fields=["status"])
        state = delivery.get_status_display().lower()
        raise NotAllowed(
            _("This delivery is {state}; only an ignored or failed one can be processed again.").format(state=state)
        )
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
    late = [
        *waiting.order_by("received_at").annotate(since=F("received_at")).values_list("pk", "since")[:500],
        *abandoned.order_by("lease_until").annotate(since=F("lease_until")).values_list("pk", "since")[:500],
    ]
    return send_again("jira_bridge.tasks.process", dict(late))


__all__ = ["count_refusal", "export_mapping", "import_mapping", "process_again", "sweep"]
