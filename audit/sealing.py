"""Seal committed events into a hash chain, in commit order, and prove that nothing was altered.

Events commit out of order, so the order is (epoch, transaction, id) and only events below the snapshot's
horizon are sealed: none with a smaller key can appear afterwards. A restore into another cluster begins a new
epoch, because that cluster counts its transactions from the start.
"""

import hashlib
import json
from dataclasses import dataclass

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from audit.models import Event, Seal
from taskqueue import clock

ORIGIN = "0" * 64
SEALED_FIELDS = (
    "id", "at", "actor_kind", "actor", "action", "summary", "target_kind", "target_id", "ticket", "run_id",
    "account_id", "before", "after", "aws_request_ids", "epoch", "transaction",
)  # fmt: skip
LOCK = 0x5EA1


@dataclass(frozen=True)
class Verdict:
    """What a verification found: how many seals hold, and the first sentence that is wrong, if any."""

    checked: int
    problem: str = ""


def digest(event: Event, previous: str) -> str:
    """The hash of an event in the chain: SHA-256 over the previous hash and the event as canonical JSON."""
    content = {field: getattr(event, field) for field in SEALED_FIELDS}
    text = json.dumps(content, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(previous.encode() + text.encode()).hexdigest()


@transaction.atomic
def seal(*, limit: int = 1000) -> int:
    """Seal up to `limit` events that are committed for good; returns how many. One sealer at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
    last = Seal.objects.select_related("event").order_by("-number").first()
    number, previous = (last.number, last.hash) if last else (0, ORIGIN)
    after = (last.event.epoch, last.event.transaction, last.event.pk) if last else (0, 0, 0)
    events = Event.objects.raw(
        "SELECT * FROM audit_event WHERE (epoch, transaction, id) > (%s, %s::text::xid8, %s)"
        # of an earlier epoch all that was committed is there: raising it waited for everybody who wrote
        " AND (epoch < audit_current_epoch() OR transaction < pg_snapshot_xmin(pg_current_snapshot()))"
        " ORDER BY epoch, transaction, id LIMIT %s",
        [*after, limit],
    )
    seals = []
    for event in events:
        number += 1
        sealed = digest(event, previous)
        seals.append(Seal(number=number, event=event, previous_hash=previous, hash=sealed, sealed_at=clock.now()))
        previous = sealed
    Seal.objects.bulk_create(seals)
    return len(seals)


def verify() -> Verdict:
    """Walk the whole chain and recompute every hash."""
    previous, expected = ORIGIN, 1
    for link in Seal.objects.select_related("event").order_by("number").iterator(chunk_size=2000):
        if link.number != expected:
            return Verdict(expected - 1, f"Seal {expected} is missing: something was removed from the record.")
        if link.previous_hash != previous or digest(link.event, previous) != link.hash:
            return Verdict(expected - 1, f"Event {link.event_id} (seal {link.number}) was altered after sealing.")
        previous, expected = link.hash, expected + 1
    return Verdict(expected - 1)
