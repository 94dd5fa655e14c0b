"""What a change looks like in the history: the items of Jira's changelog."""

import re
from typing import Any

from sandbox.jira import fields, people
from sandbox.jira.store import Doc


def plain(value: Any) -> str:
    """A stored value as one line of text, as Jira's history shows it."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(plain(entry) for entry in value)
    if isinstance(value, dict):
        return re.sub(r"\s+", " ", " ".join(_texts(value))).strip()
    person = people.BY_ID.get(value) if isinstance(value, str) else None
    return person.name if person else f"{value:g}" if isinstance(value, float) else str(value)


def _texts(node: Doc) -> list[str]:
    own = [node["text"]] if "text" in node else []
    return own + [text for child in node.get("content", ()) for text in _texts(child)]


def change_of(name: str, before: Any, after: Any) -> Doc:
    known = fields.BY_ID.get(name)
    return item(known.name if known else name, name, None, None, plain(before), plain(after))


def item(name: str, field_id: str, before: Any, after: Any, before_text: Any = None, after_text: Any = None) -> Doc:
    """One line of a changelog; for values without ids `from` and `to` are null, only the strings are set."""
    return {
        "field": name,
        "fieldtype": "custom" if field_id.startswith("customfield_") else "jira",
        "fieldId": field_id,
        "from": before,
        "fromString": before_text if before_text is not None else before,
        "to": after,
        "toString": after_text if after_text is not None else after,
    }
