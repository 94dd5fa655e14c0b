"""The words of an Atlassian Document Format (ADF) document: how REST version 3 shows rich text.

https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
"""

from datetime import UTC, datetime
from typing import Any

DEEPEST = 40
ENDS_A_LINE = (
    "paragraph", "heading", "listItem", "codeBlock", "tableRow", "taskItem", "decisionItem", "rule",
    "blockCard", "embedCard",
)  # fmt: skip
SAID_BY_ATTRIBUTE = ("text", "url", "shortName", "title", "alt")


def is_document(value: Any) -> bool:
    return isinstance(value, dict) and value.get("type") == "doc" and isinstance(value.get("content"), list)


def text_of_document(document: dict[str, Any]) -> str:
    """The text without its marks; paragraphs end in line breaks. Never raises."""
    return _of_node(document, 0).strip()


def _of_node(node: Any, depth: int) -> str:
    if not isinstance(node, dict) or depth > DEEPEST:
        return ""
    kind = node.get("type")
    if kind == "text":
        return str(node.get("text", ""))
    if kind == "hardBreak":
        return "\n"
    content = node.get("content")
    inner = "".join(_of_node(child, depth + 1) for child in content) if isinstance(content, list) else ""
    said = _of_attributes(kind, node.get("attrs"))
    if said and inner:  # an expand: its title stands above its content
        said += "\n"
    return said + inner + ("\n" if kind in ENDS_A_LINE else "")


def _of_attributes(kind: Any, attributes: Any) -> str:
    """What a node says without content: a mention, an emoji, a link card, a date, the title of an expand."""
    if not isinstance(attributes, dict):
        return ""
    if kind == "date":
        return _day(attributes.get("timestamp"))
    found = (attributes.get(name) for name in SAID_BY_ATTRIBUTE)
    return next((text for text in found if isinstance(text, str) and text), "")


def _day(timestamp: Any) -> str:
    """ADF writes a date as epoch milliseconds, mostly as text."""
    try:
        return datetime.fromtimestamp(float(timestamp) / 1000, UTC).date().isoformat()
    except (TypeError, ValueError, OverflowError, OSError):
        return "" if timestamp is None else str(timestamp)
