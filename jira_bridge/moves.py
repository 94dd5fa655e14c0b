"""Who moved a ticket into its present status, when, and whether it was edited since.

A decision belongs to the move, not to the status: somebody who edits an approved ticket approves nothing, and an
approval covers only what the ticket said when it was given.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings

from jira_bridge.jira import JiraNotFound, JiraUnauthorized, jira_client
from jira_bridge.models import FieldMapping
from jira_bridge.policy import Objection
from jira_bridge.snapshot import IssueSnapshot, moment
from jira_bridge.values import Ids, ids_of, person

UNKNOWN = "unknown (Jira automation)"


@dataclass(frozen=True)
class Move:
    """A ticket's move into a status, or the approval that allowed it.

    `edited_since`: a mapped field was changed after it. `objection`: why it does not count.
    """

    by: str
    at: datetime | None
    edited_since: bool = False
    ids: Ids = frozenset()
    objection: Objection | None = None

    def refused(self, objection: Objection | None) -> "Move":
        return replace(self, objection=objection)


def move_told(snapshot: IssueSnapshot, seen: str, seen_at: datetime | None) -> Move | None:
    """The move that a delivery tells of; `seen` is the ticket's status known so far. None if it tells of none.

    A native webhook names the move in its changelog. Automation's shapes show the new status only: Jira is asked,
    also whether a ticket that stands where it was `seen_at` was moved away and back since: a rule may tell of one
    status only.
    Raises JiraUnavailable when Jira does not answer: then the delivery is worked on again later.
    """
    if moved_here(snapshot):
        return Move(snapshot.actor or UNKNOWN, snapshot.updated_at, ids=snapshot.actor_ids)
    if stands_there_already(snapshot, seen):
        again = None if snapshot.changes or seen_at is None else _from_jira(snapshot)
        return again if again and again.at and seen_at and again.at > seen_at else None
    if move := _from_jira(snapshot):
        return move
    if snapshot.changes:
        return None  # it tells of something else; the move's own delivery is still on its way
    return Move(snapshot.actor or UNKNOWN, snapshot.updated_at, ids=snapshot.actor_ids)


def moved_here(snapshot: IssueSnapshot) -> bool:
    """Whether the delivery's own changelog holds the move into the status it shows."""
    return any(
        change.field == "status" and change.new.casefold() == snapshot.status.casefold() for change in snapshot.changes
    )


def stands_there_already(snapshot: IssueSnapshot, seen: str) -> bool:
    """Whether the ticket was known to be in this status, and nothing says that it was moved there again."""
    return not moved_here(snapshot) and snapshot.status.casefold() in ("", seen.casefold())


def _from_jira(snapshot: IssueSnapshot) -> Move | None:
    """The last move into this status, from Jira's changelog of the issue; None if Jira does not show it to us."""
    if not settings.JIRA_BASE_URL:
        return None
    try:
        histories = jira_client().history(snapshot.key)
    except (JiraNotFound, JiraUnauthorized):
        return None  # a ticket we may not see still carries its approval; the record says that nobody is known
    places = [place for place, history in enumerate(histories) if _moves_to(history, snapshot.status)]
    if not places:
        return None
    move = histories[places[-1]]
    return Move(
        by=person(move.get("author")) or UNKNOWN,
        at=moment(move.get("created")),
        edited_since=_edited(histories[places[-1] + 1 :], snapshot),
        ids=ids_of(move.get("author")),
    )


def edited_after(at: datetime, histories: list[dict[str, Any]], snapshot: IssueSnapshot) -> bool:
    """Whether a mapped field was changed since that moment, as far as the delivery shows it; in doubt, it was."""
    return _edited([each for each in histories if (moment(each.get("created")) or at) >= at], snapshot)


def _edited(later: list[dict[str, Any]], snapshot: IssueSnapshot) -> bool:
    mapped = set(FieldMapping.objects.values_list("jira_id", flat=True))
    return any(_edits(item, mapped) for history in later if _shown_by(snapshot, history) for item in _items(history))


def _moves_to(history: dict[str, Any], status: str) -> bool:
    return any(
        item.get("field") == "status" and str(item.get("toString")).casefold() == status.casefold()
        for item in _items(history)
    )


def _shown_by(snapshot: IssueSnapshot, history: dict[str, Any]) -> bool:
    """Whether the delivery shows the issue after this change already."""
    created = moment(history.get("created"))
    return snapshot.updated_at is None or created is None or created <= snapshot.updated_at


def _edits(item: dict[str, Any], mapped: set[str]) -> bool:
    """Data Center gives no field id: there, any custom field counts."""
    field_id = item.get("fieldId")
    return field_id in mapped if field_id else item.get("fieldtype") == "custom" or item.get("field") in mapped


def _items(history: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for item in history.get("items") or [] if isinstance(item, dict)]
