"""Whether a ticket and the portal say the same: pure questions about an issue read in Jira and the rows here."""

from dataclasses import dataclass, field
from typing import Any

from jira_bridge import mapping
from jira_bridge.choices import DivergenceKind, Meaning
from jira_bridge.decisions import BEHIND_APPROVAL
from jira_bridge.models import Ticket
from jira_bridge.snapshot import IssueSnapshot
from taskqueue import clock
from vending.choices import EDITABLE, RequestStatus
from vending.content import RequestContent, clean, content_hash, difference, of_request
from vending.models import AccountRequest

SETTLING = 600
"""Seconds that a new state of a request has to reach the ticket (comment, transition) before it counts."""
WAITING = (Meaning.AWAITING_APPROVAL, Meaning.TO_CORRECT, Meaning.APPROVED, Meaning.ON_HOLD)
"""What a ticket nobody told us of must stand at to be taken up: what is done or declined asks for nothing."""
OPEN = (*EDITABLE, *BEHIND_APPROVAL)

TOLD = {
    RequestStatus.TO_CORRECT: Meaning.TO_CORRECT,
    RequestStatus.AWAITING_APPROVAL: Meaning.AWAITING_APPROVAL,
    RequestStatus.APPROVED: Meaning.APPROVED,
    RequestStatus.VENDING: Meaning.APPROVED,
    RequestStatus.FAILED: Meaning.APPROVED,
    RequestStatus.ON_HOLD: Meaning.ON_HOLD,
    RequestStatus.READY: Meaning.VALIDATION,
    RequestStatus.DECLINED: Meaning.DECLINED,
    RequestStatus.CANCELLED: Meaning.CANCELLED,
}
"""Where the ticket of a request should stand."""

ALSO_FITS = {
    RequestStatus.ON_HOLD: (Meaning.AWAITING_APPROVAL, Meaning.TO_CORRECT, Meaning.DECLINED, Meaning.CANCELLED),
    RequestStatus.READY: (Meaning.DONE,),
    RequestStatus.DECLINED: (Meaning.CANCELLED,),
    RequestStatus.CANCELLED: (Meaning.DECLINED,),
}
"""Where else it may stand: a run is also held because the ticket was taken back."""


@dataclass(frozen=True)
class Disagreement:
    """In what a ticket and the portal differ, with what the page needs to say both sides."""

    kind: DivergenceKind
    jira_status: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


def is_lost(snapshot: IssueSnapshot, ticket: Ticket | None) -> bool:
    """Whether the issue shows something that no delivery has told: it is new, was moved or was edited.

    `updated` alone says nothing: every comment changes it, the portal's own too.
    """
    if ticket is None or ticket.request is None:
        return mapping.accepted(snapshot) and mapping.meaning_of(snapshot.status) in WAITING
    if ticket.updated_at and snapshot.updated_at and snapshot.updated_at <= ticket.updated_at:
        return False
    return snapshot.status.casefold() != ticket.status.casefold() or _edited(snapshot, ticket.request)


def disagreements(snapshot: IssueSnapshot, request: AccountRequest) -> list[Disagreement]:
    """In what an issue whose newest state was taken in still differs from its request."""
    found = []
    if request.changed_at <= clock.now() - clock.scaled(SETTLING):
        if not _status_fits(snapshot.status, request.status):
            found.append(Disagreement(DivergenceKind.STATUS, snapshot.status))
        if request.status in EDITABLE and _edited(snapshot, request):
            changes = difference(of_request(request), _content(snapshot, request))
            detail = {"changes": [[change.field, change.old, change.new] for change in changes]}
            found.append(Disagreement(DivergenceKind.CONTENT, snapshot.status, detail))
    return found


def _status_fits(jira_status: str, portal_status: str) -> bool:
    state = RequestStatus(portal_status)
    wanted = TOLD.get(state)
    if wanted is None or not mapping.status_for(wanted):
        return True  # nothing to hold the ticket against
    return mapping.meaning_of(jira_status) in (wanted, *ALSO_FITS.get(state, ()))


def _edited(snapshot: IssueSnapshot, request: AccountRequest) -> bool:
    """Whether the content differs from all that is known: the request's, and a late edit that awaits a decision."""
    if request.status == RequestStatus.READY:
        return False
    late = getattr(request, "late_edit", None)
    return content_hash(_content(snapshot, request)) not in (request.content_hash, late and late.content_hash)


def _content(snapshot: IssueSnapshot, request: AccountRequest) -> RequestContent:
    return clean({**request.raw, **mapping.raw_values(snapshot)})
