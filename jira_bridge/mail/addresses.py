"""Whose name a mail may carry, and what may stand in its header."""

import re
from collections.abc import Mapping

from jira_bridge.markup.clean import clean_line

_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9.-]+)")
_ISSUE_KEY = re.compile(r"[A-Z][A-Z0-9_]+-[0-9]+")
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]{1,126}")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]{1,995}")
_REFUSED_HEADERS = frozenset(
    # Jira drops mails with the first two; the others are fields of the call to SES.
    {"auto-submitted", "precedence"} | {"from", "to", "cc", "bcc", "subject", "reply-to", "return-path", "sender"}
)
_SUBJECT_LENGTH = 200


def checked_address(address: str) -> str:
    """A single bare mail address. Raises ValueError for anything else: names, lists, quotes, line breaks."""
    if len(address) > 254 or not _ADDRESS.fullmatch(address):
        raise ValueError(f"Not a plain mail address: {address!r}.")
    return address


def sender_for(assignee: str | None, domain: str, fallback: str) -> str:
    """The From address: the assignee's where it lies in exactly the verified `domain`, otherwise `fallback`.

    Jira takes a mail's comment as written by its sender. The bare address is used, without a display name.
    """
    found = _ADDRESS.fullmatch(assignee or "")
    if assignee and domain and found and found[1].lower() == domain.lower():
        return checked_address(assignee)
    return checked_address(fallback)


def subject_line(issue_key: str, title: str) -> str:
    """The issue key first: Jira takes the leftmost key, so none in `title` can lead the mail astray."""
    if not _ISSUE_KEY.fullmatch(issue_key):
        raise ValueError(f"Not an issue key: {issue_key!r}.")
    return f"[{issue_key}] {' '.join(clean_line(title).split())}"[:_SUBJECT_LENGTH].rstrip()


def checked_headers(headers: Mapping[str, str]) -> list[dict[str, str]]:
    """Extra headers as SES takes them: name up to 126, value up to 995 characters of printable ASCII.

    Raises ValueError for anything else, and for headers that Jira or SES would stumble over.
    """
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _REFUSED_HEADERS:
            raise ValueError(f"The header {name!r} may not be set.")
        if not _HEADER_VALUE.fullmatch(value):
            raise ValueError(f"The header {name} needs 1 to 995 printable ASCII characters.")
    return [{"Name": name, "Value": value} for name, value in headers.items()]
