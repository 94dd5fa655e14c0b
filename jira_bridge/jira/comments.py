"""How a comment is recognised as ours, so that sending it again makes no second one.

The mark is a comment property, which people do not see; Cloud and Data Center take it when a comment is
created and both have /comment/{id}/properties to read it. A comment that came by mail has none: it ends in a
reference line.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from jira_bridge.markup import text_of_adf

MARK_PROPERTY = "account-vending"
_REFERENCE = "Ref "


def comment_properties(marker: str, internal: bool) -> list[dict[str, Any]]:
    """The properties of a new comment. `sd.public.comment` is Jira Service Management's own: an internal note
    is not shown to the customer. Other projects ignore it."""
    return [
        {"key": "sd.public.comment", "value": {"internal": internal}},
        {"key": MARK_PROPERTY, "value": {"marker": marker}},
    ]


def reference_line(marker: str) -> str:
    """The last line of a mail, which becomes the last line of the comment that Jira makes of it."""
    return _REFERENCE + marker


def marker_in(properties: Iterable[Mapping[str, Any]]) -> str | None:
    """The marker among a comment's properties."""
    for each in properties:
        if each.get("key") == MARK_PROPERTY and isinstance(each.get("value"), Mapping):
            return str(each["value"].get("marker"))
    return None


def has_reference(comment: Mapping[str, Any], marker: str) -> bool:
    """Whether a line of the comment is the reference line of `marker`; mail programs may add to the end."""
    lines = [line.strip() for line in text_of_adf(comment.get("body")).splitlines()]
    return reference_line(marker) in lines
