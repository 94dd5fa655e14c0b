"""Read the neutral, line-based form that message templates are written in.

    # Heading          ## smaller heading
    words of a paragraph, a backslash at the end of a line breaks it \\
    - bullet           1. number
    | a | b |          a table; its first row is the header
    > [!info]          a panel (info, success, warning, error) of the lines that begin with ">"
    ```                code until the next ```
    ---                a rule
    **strong** *emphasised* `code` [text](https://address)

Values are not in the text: placeholders stand for them, so that nothing in a value is ever read as form.
"""

import re
from collections.abc import Sequence

from jira_bridge.markup.clean import MARK_CLOSE, MARK_OPEN
from jira_bridge.markup.nodes import (
    PANEL_KINDS,
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
    PanelBlock,
    Paragraph,
    Rule,
    Table,
    Text,
)

_HEADING = re.compile(r"(#{1,4}) (.*)")
_BULLET = re.compile(r"- (.*)")
_NUMBER = re.compile(r"\d+\. (.*)")
_TABLE_ROW = re.compile(r"\|(.*)\|")
_TABLE_RULE = re.compile(r"[\s|:-]+")
_PANEL_START = re.compile(r"\[!(\w+)\]")
_PLACEHOLDER = re.compile(f"{MARK_OPEN}(\\d+){MARK_CLOSE}")
_INLINE = re.compile(
    r"\*\*(?P<strong>.+?)\*\*|\*(?P<em>[^*\s](?:[^*]*[^*\s])?)\*|`(?P<code>[^`]+)`"
    r"|\[(?P<label>[^\]]+)\]\((?P<href>[^()\s]+)\)"
)


class FormError(ValueError):
    """A template breaks the rules of the neutral form; the message says where."""


def parse(form: str, values: Sequence[str] = (), language: str = "en") -> Document:
    """The document that `form` describes, its placeholders replaced by inert `values`. Raises FormError."""
    return Document(_Parser(values).blocks(form.split("\n")), language)


class _Parser:
    def __init__(self, values: Sequence[str]) -> None:
        self.values = values

    def blocks(self, lines: list[str]) -> tuple[Block, ...]:
        found: list[Block] = []
        rest = [line.strip() for line in lines]
        while rest:
            if not rest[0]:
                rest.pop(0)
            else:
                found.append(self.block(rest))
        return tuple(found)

    def block(self, rest: list[str]) -> Block:
        """Take the next block's lines off `rest`."""
        line = rest[0]
        if heading := _HEADING.fullmatch(line):
            rest.pop(0)
            return Heading(len(heading[1]), self.inlines(heading[2]))
        if line.startswith("```"):
            return self.code(rest)
        if line == "---":
            rest.pop(0)
            return Rule()
        if _BULLET.fullmatch(line):
            return BulletList(self.items(rest, _BULLET))
        if _NUMBER.fullmatch(line):
            return OrderedList(self.items(rest, _NUMBER))
        if _TABLE_ROW.fullmatch(line):
            return self.table(rest)
        if line.startswith(">"):
            return self.panel(rest)
        return self.paragraph(rest)

    def code(self, rest: list[str]) -> CodeBlock:
        rest.pop(0)
        if "```" not in rest:
            raise FormError("A code block is not closed by a line of three backticks.")
        end = rest.index("```")
        body = "\n".join(rest[:end])
        del rest[: end + 1]
        return CodeBlock(self.filled(body))

    def items(self, rest: list[str], marker: re.Pattern[str]) -> tuple[Inlines, ...]:
        return tuple(self.inlines(found[1]) for found in _taken(rest, marker))

    def table(self, rest: list[str]) -> Table:
        lines = [found[1] for found in _taken(rest, _TABLE_ROW)]
        cells = [line.split("|") for line in lines if not _TABLE_RULE.fullmatch(line)]
        rows = [tuple(self.inlines(cell.strip()) for cell in row) for row in cells]
        if not rows or any(len(row) != len(rows[0]) for row in rows):
            raise FormError("Every row of a table needs as many cells as its header.")
        return Table(rows[0], tuple(rows[1:]))

    def panel(self, rest: list[str]) -> Panel:
        lines = []
        while rest and rest[0].startswith(">"):
            lines.append(rest.pop(0)[1:].strip())
        start = _PANEL_START.fullmatch(lines[0])
        if not start or start[1] not in PANEL_KINDS:
            raise FormError(f"A panel begins with > [!kind], where kind is one of {', '.join(PANEL_KINDS)}.")
        blocks = self.blocks(lines[1:])
        inner = tuple(block for block in blocks if isinstance(block, PanelBlock))
        if len(inner) != len(blocks):
            raise FormError("A panel holds headings, paragraphs, lists and code, and nothing else.")
        return Panel(start[1], inner)

    def paragraph(self, rest: list[str]) -> Paragraph:
        content: list[Inline] = []
        while True:
            line = rest.pop(0)
            breaks = line.endswith("\\")
            content += self.inlines(line.removesuffix("\\").rstrip() if breaks else line)
            if not rest or not rest[0] or _starts_block(rest[0]):
                return Paragraph(tuple(content))
            content.append(LineBreak() if breaks else Text(" ", trusted=True))

    def inlines(self, line: str) -> Inlines:
        found: list[Inline] = []
        position = 0
        for span in _INLINE.finditer(line):
            found += self.texts(line[position : span.start()])
            if span["href"]:
                found += self.link(span["label"], span["href"])
            else:
                style = span.lastgroup or ""
                found += self.texts(span[style], style)
            position = span.end()
        return (*found, *self.texts(line[position:]))

    def texts(self, line: str, style: str = "") -> list[Inline]:
        """Own words as trusted text, values as untrusted; of the styles a value takes only `code`."""
        found: list[Inline] = []
        for index, piece in enumerate(_PLACEHOLDER.split(line)):
            if index % 2:
                found.append(Text(self.value(piece), code=style == "code"))
            elif piece:
                found.append(_own_text(piece, style))
        return found

    def link(self, label: str, address: str) -> list[Inline]:
        """A link; where its address may not be linked to (safe_href), both are shown as inert text."""
        text, href = self.filled(label), self.filled(address)
        try:
            return [Link(text, href)]
        except ValueError:
            return [Text(text), Text(f" ({href})")] if href.strip() else [Text(text)]

    def filled(self, text: str) -> str:
        return _PLACEHOLDER.sub(lambda found: self.value(found[1]), text)

    def value(self, index: str) -> str:
        return self.values[int(index)]


def _own_text(text: str, style: str) -> Text:
    return Text(text, strong=style == "strong", em=style == "em", code=style == "code", trusted=True)


def _taken(rest: list[str], marker: re.Pattern[str]) -> list[re.Match[str]]:
    """The matches of the leading lines of `rest` that look like `marker`, taken off `rest`."""
    found = []
    while rest and (match := marker.fullmatch(rest[0])):
        found.append(match)
        rest.pop(0)
    return found


def _starts_block(line: str) -> bool:
    return line == "---" or any(
        pattern.match(line) for pattern in (_HEADING, _BULLET, _NUMBER, _TABLE_ROW, re.compile("```|>"))
    )
