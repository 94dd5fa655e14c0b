"""What a ticket's status decides about its request."""

from django.conf import settings

from audit.models import Event
from audit.services import Actor, record_event
from jira_bridge import desk, mapping, policy
from jira_bridge.choices import Meaning
from jira_bridge.models import Ticket, WebhookDelivery
from jira_bridge.moves import UNKNOWN, Move, moved_here
from jira_bridge.policy import SENTENCES, Objection
from jira_bridge.snapshot import IssueSnapshot
from taskqueue import clock
from vending.choices import EDITABLE, REOPENABLE, Decision, RecipeName, RequestStatus, RunStatus
from vending.content import clean, content_hash, difference, of_request
from vending.models import AccountRequest
from vending.services import hold_run, is_held_for_edit, record_decision, release_run, reopen_request

DECISIONS = {
    Meaning.APPROVED: Decision.APPROVED,
    Meaning.DECLINED: Decision.DECLINED,
    Meaning.CANCELLED: Decision.WITHDRAWN,
}
BEHIND_APPROVAL = (
    RequestStatus.APPROVED, RequestStatus.VENDING, RequestStatus.FAILED, RequestStatus.ON_HOLD,
)  # fmt: skip


APPROVED_ALREADY = (RequestStatus.APPROVED, RequestStatus.VENDING, RequestStatus.FAILED, RequestStatus.READY)
REFUSED = "request.approval_refused"


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
    elif meaning == Meaning.ON_HOLD and move:
        _hold(request, by)
    elif meaning == Meaning.APPROVED and move:
        _approve(delivery, snapshot, request, move)
    elif meaning in DECISIONS and move and request.status not in REOPENABLE:
        _record(delivery, snapshot, request, DECISIONS[meaning], by, move)
    elif meaning == Meaning.APPROVED and edited:
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
        _approve(delivery, snapshot, request, move)
    else:
        _tell_it_needs_approval(request)
    return request


def needs_no_more(meaning: Meaning | None, request: AccountRequest | None) -> bool:
    """Whether there is nothing left to decide: what is approved needs no second approval.

    The portal itself moves such tickets, and nobody has to allow that.
    """
    return meaning == Meaning.APPROVED and request is not None and request.status in APPROVED_ALREADY


def judged(snapshot: IssueSnapshot, request: AccountRequest | None, move: Move | None) -> Move | None:
    """The move with what the policy says about it, or Jira's approval in its place where that is the truth.

    Asks Jira, so it is done before anything is locked.
    """
    meaning = mapping.meaning_of(snapshot.status)
    if meaning == Meaning.ON_HOLD and move and policy.is_the_portal(move.ids):
        return None  # it follows a run that was held; told late, it must not hold one that was released since
    if meaning != Meaning.APPROVED or snapshot.deleted:
        return move
    resumed = request is not None and request.status == RequestStatus.ON_HOLD and _approved(request)
    if settings.JIRA_APPROVAL == "jsm" and not resumed:
        return desk.approval_told(snapshot, move, request)
    return move and move.refused(policy.objection(move.by, move.ids, snapshot, request))


def _approve(delivery: WebhookDelivery, snapshot: IssueSnapshot, request: AccountRequest, move: Move) -> None:
    if request.status in APPROVED_ALREADY and _approved(request):
        return
    if move.edited_since:
        _tell_it_needs_approval(request)
    elif move.objection:
        _refuse(request, move, move.objection)
    else:
        _record(delivery, snapshot, request, Decision.APPROVED, move.by, move)
        _resume(request, move.by)


def _refuse(request: AccountRequest, move: Move, objection: Objection) -> None:
    """The approval does not count: it is recorded and said in the ticket, once, and nothing starts."""
    told = {
        "cause": objection.value, "person": move.by, "at": move.at.isoformat() if move.at else "",
        "content_hash": request.content_hash,
    }  # fmt: skip
    if Event.objects.filter(action=REFUSED, target_kind="request", target_id=request.pk, after=told).exists():
        return
    record_event(
        actor=Actor.system("bridge"), action=REFUSED, summary=SENTENCES[objection].format(person=move.by),
        target_kind="request", target_id=request.pk, ticket=request.ticket, after=told,
    )  # fmt: skip


def _hold(request: AccountRequest, by: str) -> None:
    """Somebody put the ticket on hold: its run takes no further step. A repair or a closing is no matter of it."""
    vending = request.runs.filter(recipe=RecipeName.VEND)
    run = vending.filter(status__in=[RunStatus.RUNNING, RunStatus.FAILED]).first()
    if run is not None:
        hold_run(run=run, reason=f"{by} put the ticket on hold.", actor=Actor.jira(by))


def _resume(request: AccountRequest, by: str) -> None:
    """The ticket was moved on: its held run goes on, unless an edit awaits a decision, which a status cannot give."""
    run = request.runs.filter(status=RunStatus.ON_HOLD).first()
    if run is None:
        return
    if is_held_for_edit(request):
        changes = difference(of_request(request), clean(request.late_edit.raw))
        record_event(
            actor=Actor.system("bridge"), action="run.still_held", target_kind="run", target_id=run.pk,
            summary="The ticket was edited after its approval. The edit is accepted or sent back in the portal.",
            ticket=request.ticket, run_id=run.pk, after={change.field: change.new for change in changes},
        )  # fmt: skip
    else:
        release_run(run=run, actor=Actor.jira(by))


def _approved(request: AccountRequest) -> bool:
    """Whether the last decision approved exactly the present content."""
    last = request.approvals.first()
    return bool(last and last.decision == Decision.APPROVED and last.content_hash == request.content_hash)


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
    """Nothing is vended, and nobody would know why: the ticket says it, once for each content."""
    request.refresh_from_db()
    told = {"content_hash": request.content_hash}
    if request.status not in EDITABLE or request.approvals.filter(decision=Decision.APPROVED, **told):
        return
    if Event.objects.filter(action="request.on_hold", target_kind="request", target_id=request.pk, after=told).exists():
        return
    record_event(
        actor=Actor.system("bridge"), action="request.on_hold",
        summary="The ticket was edited after its approval. Move it back and approve it again.",
        target_kind="request", target_id=request.pk, ticket=request.ticket, after=told,
    )  # fmt: skip
