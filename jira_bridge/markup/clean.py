"""What foreign text must lose before it may stand in a message, whatever the notation."""

import re
import unicodedata

MARK_OPEN, MARK_CLOSE = "\ue000", "\ue001"
"""Private Use characters that stand around a placeholder; cleaned text never holds one."""

_LINE_BREAKS = re.compile("\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_REMOVED_CATEGORIES = frozenset({"Cc", "Co", "Cn"})


def clean_line(text: str) -> str:
    """Text for one line: line breaks and tabs become a space, characters that no reader sees are removed."""
    return _filtered(_LINE_BREAKS.sub(" ", text).replace("\t", " "))


def clean_block(text: str) -> str:
    """Text of several lines (code blocks): every kind of line break becomes a line feed, tabs stay."""
    lines = _LINE_BREAKS.sub("\n", text).split("\n")
    return "\n".join("\t".join(map(_filtered, line.split("\t"))) for line in lines)


def strip_private_use(text: str) -> str:
    """Remove Private Use characters, so that a template's own text cannot forge a placeholder."""
    return "".join(character for character in text if unicodedata.category(character) != "Co")


def _filtered(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_kept, text))


def _kept(character: str) -> str:
    if "\ud800" <= character <= "\udfff":
        return "\ufffd"
    if character in _BIDI_CONTROLS or unicodedata.category(character) in _REMOVED_CATEGORIES:
        return ""
    return character
