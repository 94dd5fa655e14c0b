"""Atlassian documents as wiki text, for version 2 of the API: good enough to read and to search in."""

from collections.abc import Callable
from typing import Any

Node = dict[str, Any]


def to_wiki(document: Node) -> str:
    blocks = (_node(node, "").strip("\n") for node in document.get("content") or ())
    return "\n\n".join(filter(None, blocks))


def _node(node: Node, bullet: str) -> str:
    kind = node.get("type", "")
    if kind in ("bulletList", "orderedList"):
        sign = bullet + ("*" if kind == "bulletList" else "#")
        return "\n".join(_node(item, sign) for item in node.get("content") or ())
    inner = [_node(child, bullet) for child in node.get("content") or ()]
    if kind == "listItem":
        return f"{bullet} " + "\n".join(part.strip("\n") for part in inner)
    if kind == "text":
        return _text(node)
    write = WRITERS.get(kind)
    return write(node.get("attrs") or {}, inner) if write else "".join(inner)


def _text(node: Node) -> str:
    text = node.get("text", "")
    for mark in node.get("marks") or ():
        match mark.get("type"):
            case "strong":
                text = f"*{text}*"
            case "em":
                text = f"_{text}_"
            case "code":
                text = "{{" + text + "}}"
            case "link":
                text = f"[{text}|{(mark.get('attrs') or {}).get('href', '')}]"
    return text


def _row(attrs: Node, cells: list[str]) -> str:
    return "|" + "|".join(cells) + "|"


def _word(attrs: Node, inner: list[str]) -> str:
    return str(attrs.get("text") or attrs.get("shortName") or "")


def _expand(attrs: Node, inner: list[str]) -> str:
    return f"*{attrs.get('title', '')}*\n" + "\n".join(inner)


def _card(attrs: Node, inner: list[str]) -> str:
    return f"[{attrs.get('url', '')}]"


WRITERS: dict[str, Callable[[Node, list[str]], str]] = {
    "hardBreak": lambda attrs, inner: "\n",
    "rule": lambda attrs, inner: "----",
    "paragraph": lambda attrs, inner: "".join(inner) + "\n",
    "heading": lambda attrs, inner: f"h{attrs.get('level', 3)}. " + "".join(inner),
    "codeBlock": lambda attrs, inner: "{code}\n" + "".join(inner) + "\n{code}",
    "panel": lambda attrs, inner: "{panel}\n" + "\n".join(inner) + "\n{panel}",
    "table": lambda attrs, inner: "\n".join(inner),
    "tableRow": _row,
    "tableCell": lambda attrs, inner: "".join(inner).strip("\n"),
    "tableHeader": lambda attrs, inner: "*" + "".join(inner).strip("\n") + "*",
    "status": _word,
    "emoji": _word,
    "mention": _word,
    "expand": _expand,
    "nestedExpand": _expand,
    "inlineCard": _card,
    "blockCard": _card,
}
