"""What machines and people see on the ticket beside its comments: an issue property, labels, a link to the portal.

The property says how the request stands *now*, whatever event it is written for, so a late or repeated delivery puts
nothing old in place of something new. Its shape is documented in docs/jira.md: members may be added, none changes.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from jira_bridge.contexts import request_url
from taskqueue import clock
from vending.models import AccountRequest, Run

PROPERTY = "account-vending"
LINK_ID = "account-vending-portal"
"""The link's globalId. One for each issue, the same after a new installation: the link is never doubled."""
LINK_WORDS = {
    "en": ("Account request in the portal", "State, steps and record"),
    "de": ("Kontoanfrage im Portal", "Stand, Schritte und Protokoll"),
}


@dataclass(frozen=True)
class Marks:
    """The property's value, the labels to add, and the link (address, title, summary)."""

    state: dict[str, Any]
    labels: tuple[str, ...]
    link: tuple[str, str, str]


def marks_of(request: AccountRequest) -> Marks:
    """How the request's ticket is to be marked now."""
    run = Run.objects.select_related("account").filter(request=request).order_by("-id").first()
    account_id = run.account.account_id if run and run.account else None
    address = request_url(request)
    title, summary = LINK_WORDS.get(settings.JIRA_LANGUAGE, LINK_WORDS["en"])
    state = {
        "version": 1,
        "state": request.status,
        "request": request.pk,
        "run": run.pk if run else None,
        "run_state": run.status if run else None,
        "account_id": account_id,
        "portal_url": address,
        "updated_at": clock.now().isoformat(timespec="seconds"),
    }
    return Marks(state, _labels(account_id), (address, title, summary))


def _labels(account_id: str | None) -> tuple[str, ...]:
    """None at all where JIRA_LABEL is empty. JQL finds an account's ticket by `labels = aws-123456789012`."""
    if not settings.JIRA_LABEL:
        return ()
    return (settings.JIRA_LABEL, f"aws-{account_id}") if account_id else (settings.JIRA_LABEL,)
