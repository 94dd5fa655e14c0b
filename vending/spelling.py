"""How a name is written without the letters that AWS does not take."""

import unicodedata

_LETTERS = {
    "\u00e4": "ae", "\u00f6": "oe", "\u00fc": "ue", "\u00df": "ss", "\u1e9e": "SS", "\u00e6": "ae",
    "\u0153": "oe", "\u00f8": "oe", "\u00e5": "aa", "\u0142": "l", "\u0111": "d", "\u00f0": "d",
    "\u00fe": "th", "\u0131": "i",
}  # fmt: skip
_MARKS = {
    "\u2010": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2018": "'", "\u2019": "'", "\u201a": "'",
    "\u201c": '"', "\u201d": '"', "\u201e": '"', "<": "(", ">": ")",
}  # fmt: skip


def in_ascii(name: str) -> str:
    """The name as AWS takes it: "Müller" as "Mueller", "Café" as "Cafe"; empty if that is not possible."""
    plain = unicodedata.normalize("NFKD", "".join(_spelled(char) for char in name))
    kept = "".join(char for char in plain if not unicodedata.combining(char))
    return kept if kept.isascii() else ""


def _spelled(char: str) -> str:
    small = _LETTERS.get(char) or _LETTERS.get(char.lower())
    if small is None:
        return _MARKS.get(char, char)
    return small if char in _LETTERS else small.capitalize()
