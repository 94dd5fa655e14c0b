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
    try:
        document = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_duplicates)
    except json.JSONDecodeError as error:
        raise Malformed(f"The body is not JSON: {error.msg} in line {error.lineno}, column {error.colno}.") from error
    except RecursionError as error:
        raise Malformed(f"The body is nested deeper than {DEEPEST} levels.") from error
    except ValueError as error:  # Python does not read integers of thousands of digits
        raise Malformed("The body contains a number that is too large.") from error
    if not isinstance(document, dict):
        raise Malformed("The body must be a JSON object.")
    _check_values(document)
    return document


def _no_constant(name: str) -> Any:
    raise Malformed(f"The body contains {name}, which JSON does not know.")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name that stands twice is how unquoted smart values smuggle fields in."""
    document = dict(pairs)
    if len(document) != len(pairs):
        raise Malformed("A name stands twice in one object of the body.")
    return document


def _check_values(document: Any) -> None:
    """Refuse what JSON may write and PostgreSQL cannot hold: U+0000, half a surrogate pair, infinite numbers.

    Level by level, without recursion: a list of parents, then all their children.
    """
    level = [document]
    for _ in range(DEEPEST + 1):
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item)
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
            else:
                _check_scalar(item)
        level = below
    if level:
        raise Malformed(f"The body is nested deeper than {DEEPEST} levels.")


def _check_scalar(value: Any) -> None:
    if isinstance(value, str):
        if "\x00" in value:
            raise Malformed("The body contains the character U+0000.")
        if not value.isascii() and LONE_SURROGATE.search(value):
            raise Malformed("The body contains half of a surrogate pair.")
    elif isinstance(value, float) and value in (float("inf"), float("-inf")):
        raise Malformed("The body contains a number that is too large.")
