"""The neutral document: what a message says, apart from how Jira Cloud, Jira Data Center or a mail writes it.

Values of users enter only as the content of `Text`, `Link.text` and `CodeBlock`; no renderer reads them as
markup.
"""

from dataclasses import dataclass
from typing import Literal

from jira_bridge.markup.clean import clean_block, clean_line
from jira_bridge.markup.links import safe_href

PanelKind = Literal["info", "success", "warning", "error"]
PANEL_KINDS: tuple[PanelKind, ...] = ("info", "success", "warning", "error")


@dataclass(frozen=True, slots=True)
class Text:
    """A run of text on one line. Only `trusted` text (the product's own words) may be strong or emphasised:
    Jira's wiki parser un-escapes a styled span's inside and parses it again, so no escaping holds there."""

    text: str
    strong: bool = False
    em: bool = False
    code: bool = False
    trusted: bool = False

    def __post_init__(self) -> None:
        if (self.strong or self.em) and not self.trusted:
            raise ValueError("Only trusted text may be strong or emphasised.")
        object.__setattr__(self, "text", clean_line(self.text))


@dataclass(frozen=True, slots=True)
class Link:
    """A link to an http, https or mailto address. Raises ValueError for any other address."""

    text: str
    href: str

    def __post_init__(self) -> None:
        href = safe_href(self.href)
        object.__setattr__(self, "href", href)
        object.__setattr__(self, "text", clean_line(self.text).strip() or href)


@dataclass(frozen=True, slots=True)
class LineBreak:
    """A new line inside a paragraph."""


Inline = Text | Link | LineBreak
Inlines = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    content: Inlines


@dataclass(frozen=True, slots=True)
class Paragraph:
    content: Inlines


@dataclass(frozen=True, slots=True)
class BulletList:
    items: tuple[Inlines, ...]


@dataclass(frozen=True, slots=True)
class OrderedList:
    items: tuple[Inlines, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with one header row; every row has as many cells as the header."""

    header: tuple[Inlines, ...]
    rows: tuple[tuple[Inlines, ...], ...]

    def __post_init__(self) -> None:
        if not self.header or any(len(row) != len(self.header) for row in self.rows):
            raise ValueError("Every row of a table needs as many cells as its header.")


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Text shown as it is, for copying: identifiers, ARNs, command lines."""

    text: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", clean_block(self.text).strip("\n"))


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal line."""


PanelBlock = Heading | Paragraph | BulletList | OrderedList | CodeBlock


@dataclass(frozen=True, slots=True)
class Panel:
    kind: PanelKind
    blocks: tuple[PanelBlock, ...]


Block = Heading | Paragraph | BulletList | OrderedList | Table | Panel | CodeBlock | Rule


@dataclass(frozen=True, slots=True)
class Document:
    """A whole message. `language` chooses the few words that renderers add themselves."""

    blocks: tuple[Block, ...]
    language: str = "en"
