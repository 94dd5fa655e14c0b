"""A delivery of any shape, read into one form.

Shapes: Automation's "Issue data" with the issue at the root or under `issue`, native webhooks of Cloud and
Data Center, and custom data made from the template in docs/jira.md.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from jira_bridge.values import Ids, ids_of, only, person, plain_value

KEY = re.compile(r"[A-Z][A-Z0-9_]{0,40}-[0-9]{1,15}")
YEARS = range(1990, 2200)
"""What can be a moment of a ticket; the ends of the calendar break when they change their time zone."""


class UnknownShape(Exception):
    """The delivery holds no issue; the text says what it holds instead."""


@dataclass(frozen=True)
class Change:
    """One line of a changelog."""

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class IssueSnapshot:
    """An issue as a delivery shows it."""

    key: str
    issue_id: str
    event: str
    issue_type: str
    request_type: str
    status: str
    fields: dict[str, Any]
    reporter: str
    actor: str
    actor_ids: Ids
    updated_at: datetime | None
    changes: tuple[Change, ...] = field(default=())
    custom: bool = False
    """Made from a template: fields may bear our own names. Jira's own shapes have an address, `self`."""

    @property
    def deleted(self) -> bool:
        return self.event == "jira:issue_deleted"


def read(document: dict[str, Any]) -> IssueSnapshot:
    """Read a delivery. Raises UnknownShape when there is no issue with a key in it."""
    event = _word(document.get("webhookEvent"))
    issue = document.get("issue") if isinstance(document.get("issue"), dict) else document
    if event.startswith("comment_"):
        raise UnknownShape("A comment: the portal acts on the ticket's state only.")
    if not isinstance(issue, dict) or not KEY.fullmatch(_word(issue.get("key")).strip()):
        raise UnknownShape("There is no issue with a key in it.")
    fields = _fields(document, issue)
    return IssueSnapshot(
        key=_word(issue.get("key")).strip(),
        issue_id=_word(issue.get("id"))[:30],
        event=event or "automation",
        issue_type=_name(fields.get("issuetype") or fields.get("issueType")),
        request_type=_request_type(fields),
        status=_name(fields.get("status"))[:60],
        fields=fields,
        reporter=_word(plain_value(fields.get("reporter") or fields.get("creator"))),
        actor=person(_actor(document)),
        actor_ids=ids_of(_actor(document)),
        updated_at=moment(fields.get("updated")) or moment(document.get("timestamp")),
        changes=tuple(_changes(document.get("changelog"))),
        custom="self" not in issue,
    )


def _fields(document: dict[str, Any], issue: dict[str, Any]) -> dict[str, Any]:
    """The issue's fields; custom data may put them beside the issue or right into it."""
    fields = issue.get("fields")
    if not isinstance(fields, dict):
        fields = {name: value for name, value in issue.items() if name not in ("key", "id", "self", "fields")}
    beside = document.get("fields") if issue is not document else None
    return {**beside, **fields} if isinstance(beside, dict) else fields


def moment(value: Any) -> datetime | None:
    """A time of Jira: epoch milliseconds, or ISO 8601 with or without a colon in the offset."""
    value = only(value)
    try:
        if isinstance(value, str) and not value.strip().isdecimal():
            found = datetime.fromisoformat(value.strip())
        elif isinstance(value, str | int | float) and not isinstance(value, bool):
            found = datetime.fromtimestamp(float(value) / 1000, UTC)
        else:
            return None
    except (ValueError, OverflowError, OSError):
        return None
    if found.year not in YEARS:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _actor(document: dict[str, Any]) -> Any:
    """Who did it: `user` of a native webhook, `initiator` of our custom data."""
    return next((only(document[name]) for name in ("user", "initiator") if document.get(name)), None)


def _request_type(fields: dict[str, Any]) -> str:
    """The JSM request type: the one field whose value carries a `requestType`, whatever its number."""
    for value in fields.values():
        if isinstance(value, dict) and isinstance(value.get("requestType"), dict):
            return _name(value["requestType"])
    return ""


def _changes(changelog: Any) -> list[Change]:
    items = changelog.get("items") if isinstance(changelog, dict) else None
    if not isinstance(items, list):
        return []
    return [
        Change(
            _word(item.get("fieldId") or item.get("field")),
            _word(item.get("fromString")),
            _word(item.get("toString")),
        )
        for item in items
        if isinstance(item, dict)
    ]


def _name(value: Any) -> str:
    if isinstance(value, dict):
        return _word(value.get("name") or value.get("value"))
    return _word(value)


def _word(value: Any) -> str:
    value = only(value)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
