"""The bytes of a delivery as a JSON document, or a clear reason why not.

Everything PostgreSQL or Python would trip over later is refused here, at the door: Jira repeats what is answered
with a 5xx, so a document that always breaks would come for ever.
"""

import json
import re
from typing import Any

DEEPEST = 200
LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


class Malformed(Exception):
    """The body is not a JSON document we can keep; the text says why, for whoever set up the sender."""


def parse(body: bytes) -> dict[str, Any]:
    """The document. Raises Malformed."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("The body is not UTF-8.") from error
    if "\x00" in text:
        raise Malformed("The body contains a NUL character.")
    _check_depth(text)
    try:
        document = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_duplicates)
    except json.JSONDecodeError as error:
        raise Malformed(f"The body is not JSON: {error.msg} in line {error.lineno}, column {error.colno}.") from error
    except RecursionError as error:
        raise Malformed("The body is nested too deeply.") from error
    except ValueError as error:
        raise Malformed(str(error) or "The body holds a number that cannot be read.") from error
    if not isinstance(document, dict):
        raise Malformed("The body must be a JSON object.")
    _check_values(document)
    return document


def _check_depth(text: str) -> None:
    """Refuse deep nesting before the parser recurses; strings are skipped."""
    depth = 0
    for token in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', text, re.DOTALL):
        character = token.group()[0]
        if character in "[{":
            depth += 1
            if depth > DEEPEST:
                raise Malformed(f"The body is nested deeper than {DEEPEST} levels.")
        elif character in "]}":
            depth -= 1


def _no_constant(name: str) -> Any:
    raise ValueError(f"The body contains {name}, which JSON does not know.")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name that stands twice is how unquoted smart values smuggle fields in."""
    document = dict(pairs)
    if len(document) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"The name “{twice[:60]}” stands twice in one object.")
    return document


def _check_values(value: Any) -> None:
    """Refuse what JSON may write and PostgreSQL cannot hold: U+0000, half a surrogate pair, infinite numbers."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            stack.extend(item.keys())
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
        elif isinstance(item, str):
            if "\x00" in item:
                raise Malformed("The body contains the character U+0000.")
            if LONE_SURROGATE.search(item):
                raise Malformed("The body contains half of a surrogate pair.")
        elif isinstance(item, float) and item in (float("inf"), float("-inf")):
            raise Malformed("The body contains a number that is too large.")
