"""Store what came through the door, in one statement together with the message that has it processed."""

import hashlib
import uuid
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import F
from psycopg.types.json import Jsonb

from jira_bridge.choices import Source, WebhookStatus
from jira_bridge.models import WebhookDelivery
from taskqueue import clock
from taskqueue.together import insert_and_enqueue
from vending.cleaning import storable

KEPT_HEADERS = (
    "Content-Type", "User-Agent", "X-Atlassian-Webhook-Identifier", "X-Atlassian-Webhook-Retry",
    "X-Atlassian-Webhook-Flow", "X-Atlassian-Webhook-Trace",
)  # fmt: skip
IDENTIFIER = "X-Atlassian-Webhook-Identifier"
LONGEST_HEADER = 300
LONGEST_IDENTIFIER = 200
REPEAT_WINDOW = timedelta(minutes=10)
TRIES = 3
INSERT = """
INSERT INTO jira_bridge_webhookdelivery (public_id, source, body, headers, identifier, content_key, received_at,
    status, reason, repeats, event, ticket, attempt)
VALUES (%(public_id)s, %(source)s, %(body)s, %(headers)s, %(identifier)s, %(content_key)s, %(received_at)s,
    %(status)s, '', 0, %(event)s, '', 0)
ON CONFLICT DO NOTHING RETURNING id
"""


def store_delivery(*, source: Source, body: bytes, document: dict[str, Any], headers: dict[str, str]) -> UUID:
    """Store a delivery and ask a worker to process it; a repeated one is counted. Returns its public id.

    Repeated means the same identifier, or the same bytes. Bytes without any time of their own count as the
    same for ten minutes only: a template that says no more may rightly say it again.
    """
    kept = {name: storable(headers[name][:LONGEST_HEADER]) for name in KEPT_HEADERS if name in headers}
    identifier = _identifier(document, kept)
    digest = hashlib.sha256(body).hexdigest()
    values = {
        "source": source, "body": body, "headers": Jsonb(kept), "identifier": identifier,
        "event": storable(str(document.get("webhookEvent") or ""))[:60], "status": WebhookStatus.RECEIVED,
    }  # fmt: skip
    content_key = digest
    for _ in range(TRIES):
        public_id = uuid.uuid4()
        row = {**values, "public_id": public_id, "content_key": content_key, "received_at": clock.now()}
        if insert_and_enqueue(INSERT, row, task="jira_bridge.tasks.process_new", row=str(public_id)):
            return public_id
        first, content_key = _known(identifier, digest, timeless=not _has_own_time(document))
        if first is not None:
            WebhookDelivery.objects.filter(pk=first.pk).update(repeats=F("repeats") + 1)
            return first.public_id
    raise AssertionError("Whatever keeps a delivery from being stored is found as the one that it repeats.")


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
