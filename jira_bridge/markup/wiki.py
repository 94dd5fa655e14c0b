"""The document in Jira's wiki markup, as Data Center and REST v2 take it."""

import re

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
from jira_bridge.markup.wiki_escape import ZERO_WIDTH_SPACE, escape_code, escape_wiki

_PANEL_COLOURS = {"info": "#deebff", "success": "#e3fcef", "warning": "#fffae6", "error": "#ffebe6"}
_SAFE_LABEL = re.compile(r"[^\W_](?:[^\W_]|[ ,'/]|(?<=[^\W_])-(?=[^\W_]))*")
_SAFE_STYLED = re.compile(r"[^\W_](?:(?:[^\W_]|[ .,]|(?<=[^\W_])-(?=[^\W_]))*[^\W_])?[.:]?")
_HREF_CODES = {"@": "%40", "*": "%2A", "_": "%5F"}


def to_wiki(document: Document) -> str:
    """The whole document as one string of wiki markup."""
    return "\n\n".join(filter(None, map(_block, document.blocks)))


def _block(block: Block) -> str:
    match block:
        case Heading(level, content):
            return f"h{level}. {_inlines(content)}"
        case Paragraph(content):
            return _inlines(content, line_break="\n")
        case BulletList(items):
            return "\n".join(f"* {_item(item)}" for item in items)
        case OrderedList(items):
            return "\n".join(f"# {_item(item)}" for item in items)
        case Table(header, rows):
            return "\n".join([_row("||", header), *(_row("|", row) for row in rows)])
        case Panel(kind, inner):
            body = "\n\n".join(filter(None, map(_block, inner)))
            return f"{{panel:bgColor={_PANEL_COLOURS[kind]}}}\n{body}\n{{panel}}"
        case CodeBlock(text):
            return f"{{noformat}}\n{escape_code(text)}\n{{noformat}}"
        case Rule():
            return "----"


def _item(item: Inlines) -> str:
    """An item of a list; an empty one would end the list."""
    written = _inlines(item)
    return written if written.strip() else ZERO_WIDTH_SPACE


def _row(bar: str, cells: tuple[Inlines, ...]) -> str:
    return bar + bar.join(f" {_inlines(cell, in_table=True)} " for cell in cells) + bar


def _inlines(content: Inlines, line_break: str = " ", in_table: bool = False) -> str:
    """Neighbouring unstyled texts are escaped as one: no markup can be put together out of two of them."""
    written, plain = "", ""
    for position, inline in enumerate(content):
        if isinstance(inline, Text) and not _keeps_style(inline, content, position):
            plain += inline.text
            continue
        written += escape_wiki(plain, in_table)
        plain = ""
        written += line_break if isinstance(inline, LineBreak) else _marked(inline, in_table)
    return written + escape_wiki(plain, in_table)


def _marked(inline: Text | Link, in_table: bool) -> str:
    if isinstance(inline, Text):
        return f"*{inline.text}*" if inline.strong else f"_{inline.text}_"
    href = "".join(_HREF_CODES.get(character, character) for character in inline.href)
    if inline.text == inline.href:
        return f"[{href}]"
    if _SAFE_LABEL.fullmatch(inline.text):
        return f"[{inline.text}|{href}]"
    return f"{escape_wiki(inline.text, in_table)} [{href}]"


def _keeps_style(text: Text, content: Inlines, position: int) -> bool:
    """A span is only a span between blanks; one that the parser would not close here could close inside
    foreign text. Where that is in doubt the words stay and the style goes. Code spans are never written."""
    if not (text.strong or text.em) or not _SAFE_STYLED.fullmatch(text.text):
        return False
    before = content[position - 1] if position else None
    after = content[position + 1] if position + 1 < len(content) else None
    return _ends_blank(before) and _starts_apart(after)


def _ends_blank(inline: Inline | None) -> bool:
    return not isinstance(inline, Text | Link) or (isinstance(inline, Text) and inline.text.endswith(" "))


def _starts_apart(inline: Inline | None) -> bool:
    if not isinstance(inline, Text):
        return not isinstance(inline, Link)
    return inline.text.startswith(" ") or (inline.trusted and inline.text.startswith((".", ",", ":", ";")))
