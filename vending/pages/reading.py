"""What several pages read."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from audit.models import Event
from vending.choices import DONE_STEP
from vending.models import Run

EVENTS_SHOWN = 100


def found(rows: QuerySet[Any], pk: str) -> Any:
    """The row that an address names, or None for one that cannot be."""
    return rows.filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 19 else None


def with_progress(runs: QuerySet[Run]) -> QuerySet[Run]:
    """Runs with `steps_done` and `steps_all`, counted in the same query. The newest first: counting loses the order."""
    return runs.annotate(
        steps_all=Coalesce(Count("steps"), 0),
        steps_done=Coalesce(Count("steps", filter=Q(steps__status__in=DONE_STEP)), 0),
    ).order_by("-id")


def events_of(*, ticket: str, account_id: str, limit: int = EVENTS_SHOWN) -> list[Event]:
    """The newest events of a ticket and of its account, with their seals: one query, by either index."""
    told = [Event.objects.filter(**{name: value}) for name, value in _given(ticket, account_id)]
    newest = [events.order_by("-id").values("pk")[:limit] for events in told]
    if not newest:
        return []
    either = newest[0].union(*newest[1:]) if len(newest) > 1 else newest[0]
    return list(Event.objects.filter(pk__in=either).select_related("seal").order_by("-id")[:limit])


def _given(ticket: str, account_id: str) -> list[tuple[str, str]]:
    return [(name, value) for name, value in (("ticket", ticket), ("account_id", account_id)) if value]
