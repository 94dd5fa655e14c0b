"""Sentences that are stored for people: English in the record, and said again in the language of whoever reads."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext


class Sentence(str):
    """A sentence in English that remembers how it was made: its text as in code, and the values in it.

    The text must be marked for translation where it stands (gettext_noop). A value may be a sentence itself, or a
    list, which is said with commas. Being a str, it can be compared, joined and stored like any text.
    """

    text: str
    values: Mapping[str, Any]

    def __new__(cls, text: str, /, **values: Any) -> "Sentence":
        made = super().__new__(cls, text.format(**{name: _joined(value) for name, value in values.items()}))
        made.text, made.values = text, values
        return made

    def as_json(self) -> dict[str, Any]:
        """What to store so that said() can say it later."""
        return {"text": self.text, "values": {name: _plain(value) for name, value in self.values.items()}}


def said(made: Mapping[str, Any]) -> str:
    """A sentence of Sentence.as_json() in the language in use."""
    return gettext(made["text"]).format(**{name: _in_language(value) for name, value in made["values"].items()})


def in_language(text: str) -> str:
    """A fixed text that a row keeps in English (a step's title, what an AWS error means) in the language in use."""
    return gettext(text) if text else ""


def _joined(value: Any) -> Any:
    return ", ".join(map(str, value)) if _is_list(value) else value


def _plain(value: Any) -> Any:
    if isinstance(value, Sentence):
        return value.as_json()
    if _is_list(value):
        return [_plain(each) for each in value]
    return value if isinstance(value, int) else str(value)


def _in_language(value: Any) -> Any:
    if isinstance(value, Mapping):
        return said(value)
    return ", ".join(str(_in_language(each)) for each in value) if _is_list(value) else value


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
