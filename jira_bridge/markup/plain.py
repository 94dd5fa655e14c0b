"""The document as plain text that reads well in a mail, and in a comment that Jira makes of the mail."""

import re

from jira_bridge.markup.nodes import (
    Block,
    BulletList,
    CodeBlock,
    Document,
    Heading,
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
from jira_bridge.markup.wiki_escape import ZERO_WIDTH_SPACE

_ACTIVE_IN_WIKI = re.compile(r"[\[{!]")


def to_plain(document: Document) -> str:
    """The whole document, blocks apart by an empty line.

    Jira may read a mail's text as wiki markup (Data Center does): foreign brackets, braces and exclamation
    marks are followed by a zero-width space, so that they cannot begin a mention, a macro or an image there.
    """
    return "\n\n".join(filter(None, map(_block, document.blocks)))


def _block(block: Block) -> str:
    match block:
        case Heading(_, content):
            return _inlines(content)
        case Paragraph(content):
            return _inlines(content, line_break="\n")
        case BulletList(items):
            return "\n".join(f"- {_inlines(item)}" for item in items)
        case OrderedList(items):
            return "\n".join(f"{number}. {_inlines(item)}" for number, item in enumerate(items, start=1))
        case Table():
            return _table(block)
        case Panel(_, inner):
            return "\n\n".join(filter(None, map(_block, inner)))
        case CodeBlock(text):
            return "\n".join(f"    {_inert(line)}" for line in text.split("\n"))
        case Rule():
            return "-" * 40


def _table(table: Table) -> str:
    """Two columns read as "label: value"; more columns are joined, with the header as their first line."""
    if len(table.header) == 2:
        return "\n".join(f"{_inlines(label)}: {_inlines(value)}" for label, value in table.rows)
    return "\n".join(" / ".join(map(_inlines, row)) for row in (table.header, *table.rows))


def _inlines(content: Inlines, line_break: str = " ") -> str:
    return "".join(line_break if isinstance(inline, LineBreak) else _inline(inline) for inline in content)


def _inline(inline: Text | Link) -> str:
    if isinstance(inline, Link):
        return inline.href if inline.text == inline.href else f"{_inert(inline.text)}: {inline.href}"
    return inline.text if inline.trusted else _inert(inline.text)


def _inert(text: str) -> str:
    return _ACTIVE_IN_WIKI.sub(lambda found: found[0] + ZERO_WIDTH_SPACE, text)
