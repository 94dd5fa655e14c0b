"""Foreign text in Jira's wiki markup: escaped so that it shows as written and means nothing.

Jira's wiki parser un-escapes exactly `- # * _ + ? ^ ~ | % { } [ ] ( ) ! @` after a backslash and nothing
else: a backslash before anything else stays visible, and there is no escape for the backslash itself. What
cannot be escaped (smileys, addresses that become links, `h1.` at the start of a line, a backslash before
markup) is broken by a zero-width space. Source: the escape set in Atlassian's renderer.
"""

import re

ZERO_WIDTH_SPACE = "\u200b"
TABLE_BAR = "\u2502"
"""Stands for `|` in table cells, where an escaped bar still ends the cell."""

_ESCAPED = re.compile(r"[-#*_+?^~|%{}\[\]()!@]")
_BROKEN = (
    re.compile(r"\\(?![A-Za-z0-9])"),
    re.compile(r"[:;](?=-?[()PpDd|/\\])"),
    re.compile(r"\((?=(?:[ynix/!+?*-]|on|off|\*[rgby]|flag|flagoff)\))", re.IGNORECASE),
    re.compile(r"<(?=/?3)"),
    re.compile(r"&(?=#?\w+;)"),
    re.compile(
        r"(?:https?|ftps?|ircs?|mailto|jamfselfservice|file|news|nntp|notes|skype|tel|javascript|data)(?=:)",
        re.IGNORECASE,
    ),
)
_BLOCK_START = re.compile(r"^(\s*)(?=(?:h[1-6]|bq)\.)", re.IGNORECASE)
_CODE_MACRO = re.compile(r"\{(?=code|noformat)", re.IGNORECASE)


def escape_wiki(text: str, in_table: bool = False) -> str:
    """One line of foreign text. `text` must be clean (no line breaks) and complete up to the next markup."""
    if in_table:
        text = text.replace("|", TABLE_BAR)
    for pattern in _BROKEN:
        text = pattern.sub(lambda found: found[0] + ZERO_WIDTH_SPACE, text)
    text = _BLOCK_START.sub(lambda found: found[0] + ZERO_WIDTH_SPACE, text)
    return _ESCAPED.sub(lambda found: "\\" + found[0], text)


def unescape_wiki(markup: str) -> str:
    """What a reader sees of `escape_wiki(text)`: the text, but for zero-width spaces and table bars."""
    return re.sub(r"\\([-#*_+?^~|%{}\[\]()!@])", r"\1", markup).replace(ZERO_WIDTH_SPACE, "")


def escape_code(text: str) -> str:
    """The body of a `{noformat}` block: only the macro that would end it is broken."""
    return _CODE_MACRO.sub(lambda found: found[0] + ZERO_WIDTH_SPACE, text)
