"""What an answer of One Identity Manager's application server means for the engine.

Source: One Identity Manager REST API Reference Guide (8.1.5 to 9.2.1): 401, 404, 405, and 500 with
`responseStatus.message`, `errorString` and `exceptions[].number`. There is no 409.
"""

from collections.abc import Callable
from typing import Any

import httpx

from vending.aws.errors import Fault, Kind

SYSTEM = "The identity-management system"
LONGEST_DETAIL = 2000
TAKEN = frozenset({810017})
"""Numbers of "this exists already". Not confirmed against a real server: others end as permanent faults."""

_PLAIN: dict[int, tuple[Kind, str]] = {
    403: (Kind.PERMANENT, f"{SYSTEM} refused a call for lack of permission. Give the portal's user there the "
          "program function AppServer_API and write access to the shop, then retry."),
    404: (Kind.PERMANENT, f"{SYSTEM} does not know what was asked for. Check IDENTITY_PORTAL_URL and the identifiers "
          "in the baseline, then retry."),
    405: (Kind.PERMANENT, f"{SYSTEM} does not offer this call. Check IDENTITY_PORTAL_URL: it ends with the path of "
          "the application server."),
    429: (Kind.TRANSIENT, f"{SYSTEM} asked us to slow down. The portal tries again by itself."),
}  # fmt: skip


def unanswered(call: str, error: httpx.HTTPError) -> Fault:
    """No answer came. A change may have been made all the same: the engine looks before it acts again."""
    return Fault(
        Kind.TRANSIENT,
        type(error).__name__,
        f"{SYSTEM} did not answer. The portal looks and tries again by itself.",
        call,
    )


def unauthorized(call: str) -> Fault:
    return Fault(
        Kind.PERMANENT,
        "Unauthorized",
        f"{SYSTEM} did not accept the portal's user. Check IDENTITY_PORTAL_USER and IDENTITY_PORTAL_PASSWORD, "
        "then retry.",
        call,
    )


def unreadable(call: str) -> Fault:
    """A success without JSON: mostly the log-in page of a proxy, or another application under this address."""
    return Fault(
        Kind.PERMANENT,
        "UnreadableAnswer",
        f"The answer is not {SYSTEM[0].lower()}{SYSTEM[1:]}'s. Check that IDENTITY_PORTAL_URL is the address of its "
        "application server, then retry.",
        call,
    )


def refused(call: str, response: httpx.Response, redact: Callable[[str], str]) -> Fault:
    """The fault for an answer that is neither a success nor 401."""
    status = response.status_code
    numbers, words = _said(response)
    detail = redact(f"{call}: HTTP {status}. {words}".strip())[:LONGEST_DETAIL]
    if status in _PLAIN:
        kind, sentence = _PLAIN[status]
        return Fault(kind, f"HTTP{status}", sentence, detail, throttled=status == 429)
    if TAKEN & set(numbers):
        sentence = f"{SYSTEM} says that this exists already. The portal looks again and adopts what is there."
        return Fault(Kind.TRANSIENT, str(numbers[0]), sentence, detail)
    if status >= 500 and not numbers:
        sentence = f"{SYSTEM} had a problem of its own. The portal looks and tries again by itself."
        return Fault(Kind.TRANSIENT, f"HTTP{status}", sentence, detail)
    code = str(numbers[0]) if numbers else f"HTTP{status}"
    sentence = f"{SYSTEM} refused a change ({code}). The details say why; correct the cause, then retry."
    return Fault(Kind.PERMANENT, code, sentence, detail)


def _said(response: httpx.Response) -> tuple[list[int], str]:
    """Numbers and words of the error body; both empty when it is of another shape."""
    try:
        body: Any = response.json()
    except ValueError:
        return [], ""
    if not isinstance(body, dict):
        return [], ""
    exceptions = [each for each in body.get("exceptions") or () if isinstance(each, dict)]
    numbers = [each["number"] for each in exceptions if isinstance(each.get("number"), int)]
    status = body.get("responseStatus")
    words = [body.get("errorString"), status.get("message") if isinstance(status, dict) else None]
    words += [each.get("message") for each in exceptions]
    return numbers, " ".join(dict.fromkeys(str(word) for word in words if word))
