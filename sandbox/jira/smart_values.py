"""Automation's smart values, as far as custom data needs them.

{{a.b}}, {{a.b.asJsonString}}, {{a.b.asJsonStringArray}}, {{a.b.format("…")}} with the pattern of Jira's own times,
and {{#a.b}}…{{^last}}, {{/}}{{/}} once for each item. As in Automation, a value without asJsonString goes in raw:
a quote in it breaks the JSON.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

TOKEN = re.compile(r"""\{\{\s*([#^/]?)\s*([\w.]*(?:\.format\("[^"]*"\))?)\s*\}\}""")
JIRA_TIME = """.format("yyyy-MM-dd'T'HH:mm:ss.SSSZ")"""
Piece = tuple[str, str, list[Any]]
"""Kind (text, value, # or ^), text or path, and what a section holds."""


def filled(template: str, values: dict[str, Any], *, empty: str = '""') -> str:
    """The template with its values. `empty` is what asJsonString makes of nothing: "" or no character at all."""
    return _render(_parse(_tokens(template)), [values], empty, last=True)


def _tokens(template: str) -> Iterator[tuple[str, str]]:
    end = 0
    for match in TOKEN.finditer(template):
        yield "text", template[end : match.start()]
        yield match[1] or "value", match[2]
        end = match.end()
    yield "text", template[end:]


def _parse(tokens: Iterator[tuple[str, str]]) -> list[Piece]:
    """Pieces up to the end or the closing {{/}}."""
    pieces: list[Piece] = []
    for kind, text in tokens:
        if kind == "/":
            break
        pieces.append((kind, text, _parse(tokens) if kind in "#^" else []))
    return pieces


def _render(pieces: list[Piece], scopes: list[Any], empty: str, *, last: bool) -> str:
    """`scopes` are the values around, the innermost first."""
    written = ""
    for kind, text, inner in pieces:
        if kind == "text":
            written += text
        elif kind == "value":
            written += _value(text.removesuffix(JIRA_TIME).split("."), scopes, empty)
        elif kind == "#":
            found = _find(text.split("."), scopes)
            items = found if isinstance(found, list) else [found] * bool(found)
            for number, item in enumerate(items, 1):
                written += _render(inner, [item, *scopes], empty, last=number == len(items))
        elif text == "last" and not last:
            written += _render(inner, scopes, empty, last=last)
    return written


def _value(path: list[str], scopes: list[Any], empty: str) -> str:
    *way, function = path
    if function == "asJsonString":
        text = _as_text(_find(way, scopes))
        return json.dumps(text) if text else empty
    if function == "asJsonStringArray":
        found = _find(way, scopes)
        texts = [_as_text(item) for item in found] if isinstance(found, list) else []
        return json.dumps(texts) if texts or empty else ""
    return _as_text(_find(path, scopes))


def _find(path: list[str], scopes: list[Any]) -> Any:
    for scope in scopes:
        if isinstance(scope, dict) and path[0] in scope:
            found: Any = scope
            for name in path:
                found = _member(found, name)
            return found
    return None


def _member(value: Any, name: str) -> Any:
    """A member of an object, or of each object of a list."""
    if isinstance(value, list):
        return [member for member in (_member(item, name) for item in value) if member is not None]
    return value.get(name) if isinstance(value, dict) else None


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_as_text(item) for item in value)
    return "" if value is None else str(value)
