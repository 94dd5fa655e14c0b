"""Saved filters: written by their owner, read by everybody they are shared with."""

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import QueryDict

from audit.lists.models import SavedFilter
from taskqueue import clock

OF_THE_PAGE = ("p", "all", "e", "_changelist_filters", "_popup", "_to_field")
"""Parts of a list's address that say where somebody stands in it, not what is in it."""
LONGEST = 2_000
"""Characters of a query that is kept under a name."""
LONGEST_EXPORTED = 20_000
"""Characters of a query that is exported: it stays in the record for good, and no list's own address is longer."""


def plain_query(query: str) -> str:
    """A list's query without the page: the same list has the same query.

    Zero bytes, which neither a search nor PostgreSQL takes, are left out.
    """
    query = query.replace("%00", "").replace("\0", "")
    values = QueryDict(query, mutable=True)
    for name in OF_THE_PAGE:
        values.pop(name, None)
    return QueryDict.urlencode(values)


def save_filter(*, owner: User, list_name: str, name: str, query: str, shared: bool) -> SavedFilter:
    """Keep a list's query under a name; the owner's earlier one of that name is replaced."""
    saved, _ = SavedFilter.objects.update_or_create(
        owner=owner, list=list_name, name=name,
        defaults={"query": plain_query(query), "shared": shared, "made_at": clock.now()},
    )  # fmt: skip
    return saved


def filters_for(person: User, list_name: str) -> QuerySet[SavedFilter]:
    """What this person may use on this list: the own ones and the shared ones."""
    usable = Q(owner=person) | Q(shared=True)
    return SavedFilter.objects.filter(usable, list=list_name).select_related("owner").order_by("name", "id")
