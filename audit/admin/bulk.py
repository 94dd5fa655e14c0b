"""Operations on many rows at once: each row by itself, each in the record, and what was not possible is said."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.admin.operations import Operation, OperationsMixin
from audit.services import Actor

MOST = 500
"""Rows of one request; more would keep the person waiting for minutes."""
SAID = 10

Action = tuple[Callable[..., None], str, str]


@dataclass
class Outcome:
    """How an operation went, row by row."""

    done: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def perform_all(operation: Operation, rows: Iterable[Any], actor: Actor) -> Outcome:
    """Perform an operation on each row, in a transaction of its own; one that is refused stops no other."""
    outcome = Outcome()
    for row in rows:
        try:
            operation.perform(row, actor, "")
        except operation.refusal as refusal:
            outcome.refused.append((str(row), str(refusal)))
        else:
            outcome.done += 1
    return outcome


class BulkMixin(OperationsMixin):
    """Offers the operations named in `bulk` on the rows a person has ticked. Only such as ask for no reason."""

    bulk: tuple[str, ...] = ()

    def get_actions(self, request: HttpRequest) -> dict[str, Action]:
        return {
            operation.name: (_action(operation), operation.name, str(operation.label))
            for operation in self.operations
            if operation.name in self.bulk and request.user.has_perm(operation.permission)
        }


def _action(operation: Operation) -> Callable[..., None]:
    def act(_admin: Any, request: HttpRequest, rows: QuerySet[Any]) -> None:
        ticked = list(rows.order_by("pk")[: MOST + 1])
        outcome = perform_all(operation, ticked[:MOST], Actor.person(request.user.get_username()))
        _tell(request, operation, outcome)
        if len(ticked) > MOST:
            messages.warning(request, _("Only the first %(most)d rows were taken. Do it again.") % {"most": MOST})

    return act


def _tell(request: HttpRequest, operation: Operation, outcome: Outcome) -> None:
    if outcome.done:
        sentence = ngettext("%(name)s: %(count)d row.", "%(name)s: %(count)d rows.", outcome.done)
        messages.success(request, sentence % {"name": operation.label, "count": outcome.done})
    for row, why in outcome.refused[:SAID]:
        messages.error(request, f"{row}: {why}")
    if len(outcome.refused) > SAID:
        more = len(outcome.refused) - SAID
        sentence = ngettext("It was not possible for %(more)d more row.", "Nor for %(more)d more rows.", more)
        messages.error(request, sentence % {"more": more})
