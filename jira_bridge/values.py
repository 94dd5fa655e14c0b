"""Field values of Jira as plain text, numbers or lists of texts, whatever kind of field they come from.

Shapes: Jira Cloud and Data Center REST and webhooks; see docs/jira.md for the kinds.
"""

from typing import Any

Plain = str | int | float | list[str] | None
NAMES = (
    "emailAddress",
    "displayName",
    "value",
    "name",
    "label",
    "title",
    "objectId",
    "key",
    "accountId",
    "id",
)
DEEPEST = 40


def plain_value(value: Any) -> Plain:
    """The value of a field without Jira's shape. Never raises; what it does not know becomes text."""
    if value is None or isinstance(value, bool):
        return None if value is None else str(value).lower()
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, list):
        return [text for text in (_text(item) for item in value) if text]
    return _text(value)


def person(value: Any) -> str:
    """A user so that nobody else can be meant: the e-mail address if Jira shows it, else the name with the id."""
    if not isinstance(value, dict) or _is_name(value.get("emailAddress")):
        return str(plain_value(value) or "") if not isinstance(value, list) else ""
    name = str(plain_value(value) or "")
    known_as = next((str(value[key]) for key in ("accountId", "name", "key") if _is_name(value.get(key))), "")
    return f"{name} ({known_as})" if known_as and known_as != name else name


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return _of_object(value)
    if isinstance(value, list):
        return ", ".join(filter(None, (_text(item) for item in value)))
    return "" if value is None else str(value)


def _of_object(value: dict[str, Any]) -> str:
    """A user, an option, a group, a document …: the name that people know it by."""
    if value.get("type") == "doc" and isinstance(value.get("content"), list):
        return _of_document(value, 0).strip()
    request_type = value.get("requestType")
    if isinstance(request_type, dict):
        return _of_object(request_type)
    name = next((str(value[key]) for key in NAMES if _is_name(value.get(key))), "")
    child = value.get("child")
    if isinstance(child, dict) and (below := _of_object(child)):
        return f"{name} / {below}"
    return name


def _is_name(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool) and value != ""


def _of_document(node: Any, depth: int) -> str:
    """The text of an Atlassian Document Format node; paragraphs end in line breaks."""
    if not isinstance(node, dict) or depth > DEEPEST:
        return ""
    kind = node.get("type")
    if kind == "text":
        return str(node.get("text", ""))
    if kind == "hardBreak":
        return "\n"
    attributes = node.get("attrs")
    if kind in ("mention", "emoji", "status", "inlineCard", "date") and isinstance(attributes, dict):
        return str(attributes.get("text") or attributes.get("url") or attributes.get("timestamp") or "")
    content = node.get("content")
    inner = "".join(_of_document(child, depth + 1) for child in content) if isinstance(content, list) else ""
    return inner + "\n" if kind in ("paragraph", "heading", "listItem", "codeBlock", "tableRow") else inner
