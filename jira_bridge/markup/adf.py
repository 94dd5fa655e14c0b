"""The document in Atlassian Document Format, as Jira Cloud's REST v3 takes it.

ADF needs no escaping: a text node is never read as markup. Text nodes must not be empty.
Source: the ADF JSON schema, version 1.
"""

from typing import Any

from jira_bridge.markup.nodes import (
    Block,
    BulletList,
    CodeBlock,
    Document,
    Heading,
    Inline,
    Inlines,
    LineBreak,
    Link,
    OrderedList,
    Panel,
    Paragraph,
    Rule,
    Table,
    Text,
)

Node = dict[str, Any]


def to_adf(document: Document) -> Node:
    """The whole document as a `doc` node."""
    return {"type": "doc", "version": 1, "content": _blocks(document.blocks)}


def text_of_adf(node: Any) -> str:
    """The bare text of an ADF node, one line per block; a plain string (REST v2) is returned as it is."""
    if isinstance(node, str):
        return node
    if not isinstance(node, dict):
        return ""
    if node.get("type") == "text":
        return str(node.get("text", ""))
    if node.get("type") == "hardBreak":
        return "\n"
    inner = "".join(text_of_adf(child) for child in node.get("content") or ())
    return inner + "\n" if node.get("type") in ("paragraph", "heading", "codeBlock") else inner


def _blocks(blocks: tuple[Block, ...]) -> list[Node]:
    return [node for block in blocks if (node := _block(block)) is not None]


def _block(block: Block) -> Node | None:
    match block:
        case Heading(level, content):
            return {"type": "heading", "attrs": {"level": level}, "content": _inlines(content)}
        case Paragraph(content):
            return _paragraph(content)
        case BulletList(items) | OrderedList(items):
            list_type = "bulletList" if isinstance(block, BulletList) else "orderedList"
            entries = [{"type": "listItem", "content": [_paragraph(item)]} for item in items]
            return {"type": list_type, "content": entries} if entries else None
        case Table(header, rows):
            return {
                "type": "table",
                "content": [_row("tableHeader", header), *(_row("tableCell", row) for row in rows)],
            }
        case Panel(kind, inner):
            panel = {"type": "panel", "attrs": {"panelType": kind}}
            return panel | {"content": _blocks(inner) or [_paragraph(())]}
        case CodeBlock(text):
            return {"type": "codeBlock", "content": [{"type": "text", "text": text}] if text else []}
        case Rule():
            return {"type": "rule"}


def _row(cell: str, cells: tuple[Inlines, ...]) -> Node:
    return {"type": "tableRow", "content": [{"type": cell, "content": [_paragraph(each)]} for each in cells]}


def _paragraph(content: Inlines) -> Node:
    return {"type": "paragraph", "content": _inlines(content)}


def _inlines(content: Inlines) -> list[Node]:
    return [node for inline in content if (node := _inline(inline)) is not None]


def _inline(inline: Inline) -> Node | None:
    match inline:
        case Text(text=text) if not text:
            return None
        case Text():
            marks = [{"type": mark} for mark in _marks(inline)]
            return {"type": "text", "text": inline.text} | ({"marks": marks} if marks else {})
        case Link(text, href):
            return {"type": "text", "text": text, "marks": [{"type": "link", "attrs": {"href": href}}]}
        case LineBreak():
            return {"type": "hardBreak"}


def _marks(text: Text) -> tuple[str, ...]:
    """ADF lets `code` stand with no other style."""
    return ("code",) if text.code else tuple(mark for mark in ("strong", "em") if getattr(text, mark))
