"""What a ticket's status decides about its request."""

from audit.services import Actor, record_event
from jira_bridge import mapping
from jira_bridge.choices import Meaning
from jira_bridge.models import Ticket, WebhookDelivery
from jira_bridge.moves import UNKNOWN, Move, moved_here
from jira_bridge.snapshot import IssueSnapshot
from taskqueue import clock
from vending.choices import EDITABLE, Decision, RequestStatus
from vending.content import clean, content_hash
from vending.models import AccountRequest
from vending.services import record_decision, reopen_request

DECISIONS = {
    Meaning.APPROVED: Decision.APPROVED,
    Meaning.DECLINED: Decision.DECLINED,
    Meaning.CANCELLED: Decision.WITHDRAWN,
}
BEHIND_APPROVAL = (
    RequestStatus.APPROVED, RequestStatus.VENDING, RequestStatus.FAILED, RequestStatus.ON_HOLD,
)  # fmt: skip


class Ignored(Exception):
    """There is nothing to do with this delivery; the text says why."""


def decide(
    delivery: WebhookDelivery,
    snapshot: IssueSnapshot,
    request: AccountRequest,
    move: Move | None,
    *,
    edited: bool,
) -> None:
    """Act on the ticket's status: record a decision, or take up the request again.

    Only a move decides: `edited` content of a ticket that stands at “approved” already is approved by nobody.
    """
    meaning = mapping.meaning_of(snapshot.status)
    by = move.by if move else snapshot.actor or UNKNOWN
    if snapshot.deleted or _moved_back(meaning, request):
        _record(delivery, snapshot, request, Decision.WITHDRAWN, by)
    elif meaning == Meaning.AWAITING_APPROVAL:
        reopen_request(request=request, actor=Actor.jira(by))
    elif meaning in DECISIONS and move and not (meaning == Meaning.APPROVED and move.edited_since):
        _record(delivery, snapshot, request, DECISIONS[meaning], by, move)
    elif meaning == Meaning.APPROVED and (move or edited):
        _tell_it_needs_approval(request)


def late_approval(
    delivery: WebhookDelivery, ticket: Ticket, snapshot: IssueSnapshot, move: Move | None
) -> AccountRequest:
    """Take an approval that newer states have overtaken, if it still holds. Raises Ignored for all else.

    It holds while the ticket stands at “approved” and says what it said when it was approved.
    """
    request = ticket.request
    meanings = {mapping.meaning_of(snapshot.status), mapping.meaning_of(ticket.status)}
    if request is None or move is None or not moved_here(snapshot) or meanings != {Meaning.APPROVED}:
        raise Ignored("A newer state of the ticket is known already.")
    if content_hash(clean({**request.raw, **mapping.raw_values(snapshot)})) == request.content_hash:
        _record(delivery, snapshot, request, Decision.APPROVED, move.by, move)
    else:
        _tell_it_needs_approval(request)
    return request


def _moved_back(meaning: Meaning | None, request: AccountRequest) -> bool:
    """A ticket that goes back behind its approval takes the approval back."""
    return meaning in (Meaning.AWAITING_APPROVAL, Meaning.TO_CORRECT) and request.status in BEHIND_APPROVAL


def _record(
    delivery: WebhookDelivery,
    snapshot: IssueSnapshot,
    request: AccountRequest,
    decision: Decision,
    by: str,
    move: Move | None = None,
) -> None:
    record_decision(
        request=request, decision=decision, decided_by=by,
        decided_at=(move and move.at) or snapshot.updated_at or clock.now(),
        source=f"delivery {delivery.public_id}", actor=Actor.jira(by),
    )  # fmt: skip


def _tell_it_needs_approval(request: AccountRequest) -> None:
    """Nothing is vended, and nobody would know why: the ticket says it."""
    request.refresh_from_db()
    if request.status not in EDITABLE or request.approvals.filter(
        decision=Decision.APPROVED, content_hash=request.content_hash
    ):
        return
    record_event(
        actor=Actor.system("bridge"), action="request.on_hold",
        summary="The ticket was edited after its approval. Move it back and approve it again.",
        target_kind="request", target_id=request.pk, ticket=request.ticket,
    )  # fmt: skip
