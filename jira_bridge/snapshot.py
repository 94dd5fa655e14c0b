"""A delivery of any shape, read into one form.

Shapes: Automation's "Issue data" with the issue at the root or under `issue`, native webhooks of Cloud and
Data Center, and custom data made from the template in docs/jira.md.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from jira_bridge.values import person, plain_value


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
    updated_at: datetime | None
    changes: tuple[Change, ...] = field(default=())

    @property
    def deleted(self) -> bool:
        return self.event == "jira:issue_deleted"


def read(document: dict[str, Any]) -> IssueSnapshot:
    """Read a delivery. Raises UnknownShape when there is no issue with a key in it."""
    event = _word(document.get("webhookEvent"))
    issue = document.get("issue") if isinstance(document.get("issue"), dict) else document
    if event.startswith("comment_"):
        raise UnknownShape("A comment: the portal acts on the ticket's state only.")
    if not isinstance(issue, dict) or not isinstance(issue.get("key"), str) or not issue["key"].strip():
        raise UnknownShape("There is no issue with a key in it.")
    fields = issue.get("fields") if isinstance(issue.get("fields"), dict) else None
    if fields is None:
        fields = {name: value for name, value in issue.items() if name not in ("key", "id", "self")}
    return IssueSnapshot(
        key=issue["key"].strip()[:60],
        issue_id=_word(issue.get("id"))[:30],
        event=event or "automation",
        issue_type=_name(fields.get("issuetype")),
        request_type=_request_type(fields),
        status=_name(fields.get("status"))[:60],
        fields=fields,
        reporter=_word(plain_value(fields.get("reporter") or fields.get("creator"))),
        actor=_actor(document),
        updated_at=moment(fields.get("updated")) or moment(document.get("timestamp")),
        changes=tuple(_changes(document.get("changelog"))),
    )


def moment(value: Any) -> datetime | None:
    """A time of Jira: epoch milliseconds, or ISO 8601 with or without a colon in the offset."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000, UTC)
        if isinstance(value, str) and value.strip().isdigit():
            return datetime.fromtimestamp(int(value) / 1000, UTC)
        if isinstance(value, str):
            read_time = datetime.fromisoformat(value)
            return read_time if read_time.tzinfo else read_time.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _actor(document: dict[str, Any]) -> str:
    """Who did it: `user` of a native webhook, `initiator` of our custom data."""
    for name in ("user", "initiator"):
        if document.get(name):
            return person(document[name])
    return ""


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
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
