"""Jira takes at most 32,767 characters in a comment: a longer document is cut, and says so.

Whether Jira counts the text or its ADF is not documented: what is counted here is the written form, which is
never shorter.
"""

from collections.abc import Callable
from dataclasses import replace

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
    PanelBlock,
    Paragraph,
    Rule,
    Table,
    Text,
)

JIRA_COMMENT_LIMIT = 32_767

_NOTICES = {
    "en": "This message was longer than Jira allows and ends here. The portal shows all of it.",
    "de": "Diese Nachricht war länger, als Jira erlaubt, und endet hier. Das Portal zeigt sie vollständig.",
}


def fit(document: Document, size: Callable[[Document], int], limit: int = JIRA_COMMENT_LIMIT) -> Document:
    """The document, or as much of its beginning as `limit` allows, and a sentence that says so."""
    if size(document) <= limit:
        return document
    kept, too_many = 0, 2 * limit
    while too_many - kept > 1:
        middle = (kept + too_many) // 2
        if size(_cut(document, middle)) <= limit:
            kept = middle
        else:
            too_many = middle
    return _cut(document, kept)


def _cut(document: Document, characters: int) -> Document:
    notice = Paragraph((Text(_NOTICES.get(document.language, _NOTICES["en"]), trusted=True),))
    budget = _Budget(characters)
    blocks = tuple(shorter for block in document.blocks if (shorter := _cut_block(block, budget)) is not None)
    return replace(document, blocks=(*blocks, notice))


class _Budget:
    """How many characters may still be taken. A block and an item cost one, so that empty ones end too."""

    def __init__(self, characters: int) -> None:
        self.left = characters

    def take(self, text: str) -> str:
        taken = text[: max(self.left, 0)]
        self.left -= len(text)
        return taken

    def spent(self) -> bool:
        self.left -= 1
        return self.left < 0


def _cut_block(block: Block, budget: _Budget) -> Block | None:
    if budget.spent():
        return None
    match block:
        case Heading(content=content) | Paragraph(content=content):
            return replace(block, content=_cut_inlines(content, budget))
        case BulletList(items) | OrderedList(items):
            kept = (_cut_inlines(item, budget) for item in items if not budget.spent())
            return replace(block, items=tuple(kept))
        case Table(rows=rows):
            kept_rows = (_cut_row(row, budget) for row in rows if not budget.spent())
            return replace(block, rows=tuple(kept_rows))
        case Panel(blocks=blocks):
            return replace(block, blocks=_cut_panel(blocks, budget))
        case CodeBlock(text):
            return CodeBlock(budget.take(text))
        case Rule():
            return block


def _cut_panel(blocks: tuple[PanelBlock, ...], budget: _Budget) -> tuple[PanelBlock, ...]:
    shorter = (_cut_block(block, budget) for block in blocks)
    return tuple(block for block in shorter if isinstance(block, PanelBlock))


def _cut_row(row: tuple[Inlines, ...], budget: _Budget) -> tuple[Inlines, ...]:
    return tuple(_cut_inlines(cell, budget) for cell in row)


def _cut_inlines(content: Inlines, budget: _Budget) -> Inlines:
    shorter: list[Inline] = []
    for inline in content:
        if budget.left <= 0:
            break
        if isinstance(inline, LineBreak):
            budget.take(" ")
            shorter.append(inline)
        elif isinstance(inline, Link) or len(inline.text) <= budget.left:
            budget.take(inline.text)
            shorter.append(inline)
        else:
            shorter.append(replace(inline, text=budget.take(inline.text)))
    return tuple(shorter)
