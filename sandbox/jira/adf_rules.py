"""What an Atlassian document (ADF, version 1) may look like: for each node its children, attributes and marks.

Stricter than a reader has to be: a member nobody has described makes the document invalid, as it does in Jira.
"""

from collections.abc import Callable
from typing import Any

Check = Callable[[Any], bool]

_INLINE = {"text", "hardBreak", "emoji", "mention", "status", "date", "inlineCard"}
_LISTS = {"bulletList", "orderedList"}
_PROSE = {"paragraph", "codeBlock", "rule", *_LISTS}
_MEDIA = {"mediaSingle", "mediaGroup", "blockCard"}
_BLOCKS = _PROSE | _MEDIA | {"heading", "panel", "blockquote", "table", "expand", "taskList", "decisionList"}

CHILDREN: dict[str, set[str]] = {
    "doc": _BLOCKS,
    "paragraph": _INLINE,
    "heading": _INLINE,
    "bulletList": {"listItem"},
    "orderedList": {"listItem"},
    "listItem": {"paragraph", "codeBlock", "mediaSingle", "taskList", *_LISTS},
    "codeBlock": {"text"},
    "blockquote": {"paragraph", "codeBlock", "mediaSingle", "mediaGroup", *_LISTS},
    "panel": _PROSE | _MEDIA | {"heading", "taskList", "decisionList"},
    "table": {"tableRow"},
    "tableRow": {"tableCell", "tableHeader"},
    "tableCell": _BLOCKS - {"table", "expand"} | {"nestedExpand"},
    "tableHeader": _BLOCKS - {"table", "expand"} | {"nestedExpand"},
    "expand": _BLOCKS - {"expand"} | {"nestedExpand"},
    "nestedExpand": _PROSE | _MEDIA | {"heading", "panel", "blockquote", "taskList", "decisionList"},
    "taskList": {"taskItem", "taskList"},
    "taskItem": _INLINE,
    "decisionList": {"decisionItem"},
    "decisionItem": _INLINE,
    "mediaSingle": {"media"},
    "mediaGroup": {"media"},
}
NEVER_EMPTY = {
    "bulletList", "orderedList", "listItem", "panel", "table", "tableRow", "tableCell", "tableHeader", "expand",
    "nestedExpand", "blockquote", "taskList", "decisionList", "mediaSingle", "mediaGroup",
}  # fmt: skip
"""Nodes that need a child. Paragraphs, headings and code blocks may be empty."""


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _one_of(*values: object) -> Check:
    return lambda value: value in values


def _number(least: int, most: int) -> Check:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _anything(value: Any) -> bool:
    return True


_TASK = {"localId": _text, "state": _one_of("TODO", "DONE", "DECIDED")}
_CELL = {"colspan": _number(1, 100), "rowspan": _number(1, 100), "colwidth": _anything, "background": _text}

REQUIRED_ATTRIBUTES: dict[str, dict[str, Check]] = {
    "heading": {"level": _number(1, 6)},
    "panel": {"panelType": _one_of("info", "note", "tip", "warning", "error", "success")},
    "mention": {"id": _text},
    "emoji": {"shortName": _text},
    "status": {"text": _text, "color": _one_of("neutral", "purple", "blue", "red", "yellow", "green")},
    "date": {"timestamp": _text},
    "taskItem": _TASK,
    "decisionItem": _TASK,
    "taskList": {"localId": _text},
    "decisionList": {"localId": _text},
}
OTHER_ATTRIBUTES: dict[str, dict[str, Check]] = {
    "orderedList": {"order": _number(0, 10_000)},
    "codeBlock": {"language": _text},
    "hardBreak": {"text": _one_of("\n")},
    "mention": {"text": _text, "accessLevel": _text, "userType": _text},
    "emoji": {"id": _text, "text": _text},
    "status": {"localId": _text, "style": _text},
    "inlineCard": {"url": _text, "data": _anything},
    "blockCard": {"url": _text, "data": _anything},
    "expand": {"title": _text},
    "nestedExpand": {"title": _text},
    "table": {"isNumberColumnEnabled": _anything, "layout": _text, "localId": _text, "width": _anything},
    "tableCell": _CELL,
    "tableHeader": _CELL,
    "media": dict.fromkeys(("id", "type", "collection", "width", "height", "alt", "url"), _anything),
    "mediaSingle": {"layout": _text, "width": _anything},
}
MARKS: dict[str, dict[str, Check]] = {
    "strong": {},
    "em": {},
    "code": {},
    "underline": {},
    "strike": {},
    "subsup": {"type": _one_of("sub", "sup")},
    "textColor": {"color": _text},
    "backgroundColor": {"color": _text},
    "link": {"href": lambda href: isinstance(href, str) and bool(href)},
}
BESIDE_CODE = {"link", "code"}


def problem(document: Any) -> str:
    """What is wrong with the document, and where; empty if it is valid."""
    if not isinstance(document, dict) or document.get("type") != "doc":
        return "it is no node of type doc"
    if document.get("version") != 1 or set(document) != {"type", "version", "content"}:
        return "a doc has version 1, content, and nothing else"
    return _children(document)


def _node(node: Any, parent: str) -> str:
    kind = node.get("type") if isinstance(node, dict) else None
    if kind not in CHILDREN[parent]:
        return f"{kind or node!r} cannot stand in {parent}"
    if kind == "text":
        return _text_node(node, parent)
    known = {"type", "attrs"} | ({"content"} if kind in CHILDREN else set())
    if foreign := set(node) - known:
        return f"{kind} has no {', '.join(sorted(foreign))}"
    return _attributes(kind, node.get("attrs", {})) or (_children(node) if kind in CHILDREN else "")


def _children(node: dict[str, Any]) -> str:
    kind, children = node["type"], node.get("content", [])
    if not isinstance(children, list) or (kind in NEVER_EMPTY and not children):
        return f"{kind} needs a list of content"
    return next(filter(None, (_node(child, kind) for child in children)), "")


def _attributes(kind: str, given: Any) -> str:
    required = REQUIRED_ATTRIBUTES.get(kind, {})
    described = required | OTHER_ATTRIBUTES.get(kind, {})
    if not isinstance(given, dict) or not set(required) <= set(given):
        return f"{kind} needs {', '.join(required)}"
    for name, value in given.items():
        if name not in described or not described[name](value):
            return f"{kind} cannot have {name}: {value!r}"
    return ""


def _text_node(node: dict[str, Any], parent: str) -> str:
    marks = node.get("marks", [])
    if not set(node) <= {"type", "text", "marks"} or not isinstance(node.get("text"), str) or not node["text"]:
        return "a text has at least one character, and marks at most"
    if not isinstance(marks, list) or (marks and parent == "codeBlock"):
        return "these marks cannot stand here"
    names = [mark.get("type") if isinstance(mark, dict) else None for mark in marks]
    if len(set(names)) != len(names) or ("code" in names and not set(names) <= BESIDE_CODE):
        return f"the marks {names} exclude each other"
    return next(filter(None, map(_mark, marks)), "")


def _mark(mark: dict[str, Any]) -> str:
    kind, given = mark.get("type"), mark.get("attrs", {})
    if kind not in MARKS or set(mark) - {"type", "attrs"} or set(given) != set(MARKS[kind]):
        return f"there is no such mark: {mark!r}"
    wrong = [name for name, check in MARKS[kind].items() if not check(given[name])]
    return f"the mark {kind} has a wrong {wrong[0]}" if wrong else ""
