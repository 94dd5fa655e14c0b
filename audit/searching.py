"""What people type into the search of events, deliveries and seals, and the rows they mean."""

import re
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet

TICKET = re.compile(r"^[A-Za-z][A-Za-z0-9_]+-\d+$")
ACCOUNT = re.compile(r"^\d{12}$")
HASH = re.compile(r"^[0-9a-fA-F]{64}$")
MOST_WORDS = 8
FEW = 500
"""As many are looked up once for a list, which asks twice: to count them, and for its rows."""


def events_found(rows: QuerySet[Any], term: str) -> QuerySet[Any]:
    """Events by whole ticket or account id, or by words (or their beginnings) of sentence, actor and action."""
    if TICKET.match(term):
        return rows.filter(ticket=term.upper())
    if ACCOUNT.match(term):
        return rows.filter(account_id=term)
    words = [word.replace("\\", "").replace("'", "''") for word in term.split()[:MOST_WORDS]]
    if not any(words):
        return rows.none()
    query = SearchQuery(" & ".join(f"'{word}':*" for word in words if word), config="simple", search_type="raw")
    matching = rows.filter(words=query)
    ids = list(matching.order_by().values_list("pk", flat=True)[: FEW + 1])
    return rows.filter(pk__in=ids) if len(ids) <= FEW else matching


def deliveries_found(rows: QuerySet[Any], term: str) -> QuerySet[Any]:
    """Deliveries by whole ticket or account id, or by a part of the receipt or of the problem."""
    if TICKET.match(term):
        return rows.filter(event__ticket=term.upper())
    if ACCOUNT.match(term):
        return rows.filter(event__account_id=term)
    return rows.filter(Q(receipt__icontains=term) | Q(problem__icontains=term))


def seals_found(rows: QuerySet[Any], term: str) -> QuerySet[Any]:
    """Seals by number or by whole hash."""
    if HASH.match(term):
        return rows.filter(hash=term.lower())
    return rows.filter(number=int(term)) if term.isdecimal() and len(term) < 19 else rows.none()
