"""Field values of Jira as plain text, numbers or lists of texts, whatever kind of field they come from.

Shapes: REST and webhooks of Jira Cloud and Data Center, and our custom data; docs/jira.md has the kinds.
"""

import json
from typing import Any

from jira_bridge.documents import is_document, text_of_document

Plain = str | int | float | list[str] | None
NAMES = (
    "emailAddress",
    "displayName",
    "value",
    "name",
    "label",
    "title",
    "filename",
    "objectKey",
    "objectId",
    "key",
    "accountId",
    "id",
)
Ids = frozenset[tuple[str, str]]
"""What a user is known by: pairs of the kind of id and its value."""
DEEPEST = 40
TOO_DEEP = "(nested too deeply to be read)"


def plain_value(value: Any) -> Plain:
    """The value of a field without Jira's shape. Never raises; what it does not know is kept as JSON text."""
    if value is None:
        return None
    if isinstance(value, bool):
        return _text(value)
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, list):
        return _items(value)
    return _text(value)


def person(value: Any) -> str:
    """A user so that nobody else can be meant: the e-mail address if Jira shows it, else the name with the id."""
    if not isinstance(value, dict) or _is_name(only(value.get("emailAddress"))):
        return str(plain_value(value) or "") if not isinstance(value, list) else ""
    name = str(plain_value(value) or "")
    ids = (only(value.get(key)) for key in ("accountId", "name", "key"))
    known_as = next((str(found) for found in ids if _is_name(found)), "")
    return f"{name} ({known_as})" if known_as and known_as != name else name


def ids_of(user: Any) -> Ids:
    """Everything that names this user and nobody else; two that have one of them in common are the same person."""
    if not isinstance(user, dict):
        return frozenset()
    found = {kind: only(user.get(kind)) for kind in ("accountId", "key", "name", "emailAddress")}
    return frozenset((kind, str(value).casefold()) for kind, value in found.items() if _is_name(value))


def only(value: Any) -> Any:
    """What stands alone in a list; None for an empty list.

    Our custom data writes [x] for x: what is empty may come as nothing at all, and [] is still JSON.
    """
    if isinstance(value, list) and len(value) <= 1:
        return value[0] if value else None
    return value


def _items(values: list[Any], depth: int = 0) -> list[str]:
    """The texts of a list and of the lists in it, in order; without what is empty."""
    if depth > DEEPEST:
        return [TOO_DEEP]
    found: list[str] = []
    for value in values:
        found += _items(value, depth + 1) if isinstance(value, list) else [_text(value)]
    return [text for text in found if text]


def _text(value: Any, depth: int = 0) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return _of_object(value, depth)
    return str(value)


def _of_object(value: dict[str, Any], depth: int) -> str:
    """A user, an option, a group, a document …: the name that people know it by."""
    if depth > DEEPEST:
        return TOO_DEEP
    if is_document(value):
        return text_of_document(value)
    if isinstance(value.get("requestType"), dict):
        return _of_object(value["requestType"], depth + 1)
    names = (only(value.get(key)) for key in NAMES)
    name = next((str(found) for found in names if _is_name(found)), "")
    child = value.get("child")
    if name and isinstance(child, dict) and (below := _of_object(child, depth + 1)):
        return f"{name} / {below}"
    return name or _as_it_came(value)


def _is_name(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool) and value != ""


def _as_it_came(value: dict[str, Any]) -> str:
    """An object of no known shape as JSON, so that nobody overlooks it; empty if nothing is in it."""
    try:
        return json.dumps(value, ensure_ascii=False) if _holds_something(value) else ""
    except RecursionError:
        return TOO_DEEP


def _holds_something(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds_something(inner) for inner in value.values())
    if isinstance(value, list):
        return any(_holds_something(inner) for inner in value)
    return value is not None and value != ""
