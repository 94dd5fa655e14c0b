"""What people type into the search of a list, and the rows they mean.

Each word must be found. A whole ticket key, account id or account's e-mail that exists, typed alone, means that row, by
index; anything else is looked for as a part of the row's own text (vending/models/searching.py) or of its account's
number. Lists of what hangs on requests look for the requests first.
"""

import re
from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet, Subquery

from vending.models import Account, AccountRequest
from vending.models.searching import holds, reads_all
from vending.steps import registry

MOST_WORDS = 8
"""More are left out: nobody types them, and each is read through."""
TICKET = re.compile(r"[a-z][a-z0-9_]+-\d+")
ACCOUNT = re.compile(r"\d{12}")
NEWEST, SOME, MOST = 200, 8, 100
"""Of so many newest rows: when not more than SOME have a word, few have it; when more than MOST, most have it."""
FEW = 1_000
"""Rows that are looked for by the index of pieces. To read through them all is quicker for a word that many have."""
MOST_FOUND = 5_000
"""Ids that are handed from one query to the next; beyond them the database keeps them to itself."""

Part = Callable[[str], Q]
"""Whether a row has a word: by the index (holds), or by reading its text (reads_all)."""


def requests_found(rows: QuerySet[AccountRequest], term: str) -> QuerySet[AccountRequest]:
    """Requests by ticket, account id, name, e-mail, cost center, owner or requester."""
    return rows.filter(pk__in=_request_ids(term))


def accounts_found(rows: QuerySet[Account], term: str) -> QuerySet[Account]:
    """Accounts by number, name, e-mail, cost center or owner, or by the whole key of their ticket."""
    return rows.filter(pk__in=account_ids(term))


def account_ids(term: str) -> Any:
    """The ids of those accounts: a list, or a query where they are many."""
    words = _words(term)
    if len(words) == 1 and (whole := _one_account(words[0])):
        return whole
    tickets = _tickets(words)

    def matching(part: Part) -> QuerySet[Account]:
        accounts = Account.objects.order_by()
        for word in words:
            accounts = accounts.filter(Q(request=tickets[word]) | part(word) if word in tickets else part(word))
        return accounts

    return _looked_up(matching)


def by_request(path: str) -> Any:
    """A search in rows whose request is at `path`: of_runs(rows, term)."""

    def found(rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        return rows.filter(**{f"{path}__in": _request_ids(term)})

    return found


def _request_ids(term: str) -> Any:
    words = _words(term)
    if len(words) == 1 and (whole := _one_request(words[0])):
        return whole

    numbered = _numbered(words)

    def matching(part: Part) -> QuerySet[AccountRequest]:
        requests = AccountRequest.objects.order_by()
        for word in words:
            if word in numbered:
                requests = requests.filter(Q(pk__in=numbered[word]) | part(word))
            elif word.isdigit():  # no index serves one or the other
                requests = requests.filter(reads_all(word) | Q(pk__in=_with_number(word).values("request")))
            else:
                requests = requests.filter(part(word))
        return requests

    return _looked_up(matching)


def _numbered(words: list[str]) -> dict[str, list[Any]]:
    """For digits, the requests whose account's number holds them; nothing where these are many."""
    wanted = [word for word in words if word.isdigit()]
    if not wanted:
        return {}
    accounts = reduce(or_, (_with_number(word) for word in wanted))
    found = list(accounts.values_list("account_id", "request")[: FEW + 1])
    if len(found) > FEW:
        return {}
    return {word: [request for number, request in found if word in number] for word in wanted}


def _with_number(digits: str) -> QuerySet[Account]:
    return Account.objects.order_by().filter(holds(digits), account_id__contains=digits, request__isnull=False)


def _tickets(words: list[str]) -> dict[str, Any]:
    """The requests whose whole key is among the words."""
    keys = [word.upper() for word in words if TICKET.fullmatch(word)]
    found = AccountRequest.objects.filter(ticket__in=keys).values_list("ticket", "pk")
    return {ticket.lower(): pk for ticket, pk in found}


def _one_request(word: str) -> list[Any]:
    """The request whose ticket, account or account's e-mail the word names; none for other words."""
    if TICKET.fullmatch(word):
        return list(AccountRequest.objects.filter(ticket=word.upper()).values_list("pk", flat=True))
    if ACCOUNT.fullmatch(word):
        return list(Account.objects.filter(account_id=word, request__isnull=False).values_list("request", flat=True))
    if "@" in word:
        return list(AccountRequest.objects.filter(email=word).values_list("pk", flat=True))
    return []


def _one_account(word: str) -> list[Any]:
    """The account whose number, ticket or e-mail the word names; none for other words."""
    if TICKET.fullmatch(word):
        return list(Account.objects.filter(request__ticket=word.upper()).values_list("pk", flat=True))
    if ACCOUNT.fullmatch(word):
        return list(Account.objects.filter(account_id=word).values_list("pk", flat=True))
    if "@" in word:
        return list(Account.objects.filter(email=word).values_list("pk", flat=True))
    return []


def _looked_up(matching: Callable[[Part], QuerySet[Any]]) -> Any:
    """The ids, read once: a list asks twice (rows and count), and the planner cannot guess how many match."""
    newest = _of_the_newest(matching(reads_all))
    if newest <= MOST:
        part, most = (holds, FEW) if newest <= SOME else (reads_all, MOST_FOUND)
        ids = list(matching(part).values_list("pk", flat=True)[: most + 1])
        if len(ids) <= most:
            return ids
    return matching(reads_all).values("pk")


def _of_the_newest(matching: QuerySet[Any]) -> int:
    before = matching.model.objects.order_by("-pk").values("pk")[NEWEST : NEWEST + 1]
    return matching.filter(pk__gt=Subquery(before)).count()


def steps_found(rows: QuerySet[Any], term: str, *, path: str = "") -> QuerySet[Any]:
    """Steps, or attempts with their step at `path`: words that begin a step's title name steps, others requests."""
    others = []
    for word in _words(term):
        names = [step.name for step in registry.STEPS if _begins(f"{step.title} {step.name}", word)]
        if names:
            rows = rows.filter(**{f"{path}step__in": names})
        else:
            others.append(word)
    return by_request(f"{path}run__request")(rows, " ".join(others)) if others else rows


def attempts_found(rows: QuerySet[Any], term: str) -> QuerySet[Any]:
    return steps_found(rows, term, path="step_run__")


def calls_found(rows: QuerySet[Any], term: str) -> QuerySet[Any]:
    """AWS calls by request id, account id, operation or error code, each whole: they are millions."""
    for word in term.split()[:MOST_WORDS]:
        if word.isdigit():
            rows = rows.filter(account_id=word)
        elif word.count("-") >= 2:
            rows = rows.filter(request_id=word)
        else:
            rows = rows.filter(Q(operation=word) | Q(error_code=word))
    return rows


def _words(term: str) -> list[str]:
    return term.lower().split()[:MOST_WORDS]


def _begins(text: str, word: str) -> bool:
    return any(part.startswith(word) for part in text.lower().split())
