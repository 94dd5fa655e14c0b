"""Writes of requests: receive, pre-flight, decide. The request's row is the lock for all of it."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from audit.services import Actor, record_event
from taskqueue import clock
from taskqueue.queue import enqueue
from vending import preflight
from vending.aws.session import clients_from_settings
from vending.choices import EDITABLE, REOPENABLE, Decision, RequestStatus
from vending.cleaning import storable
from vending.content import FIELDS, RequestContent, apply, as_json, clean, content_hash, difference, of_request
from vending.models import AccountRequest, Approval, Contact, LateEdit, PreflightResult
from vending.services import checks
from vending.services.runs import hold_for_change, start_run, stop_for_withdrawal

S = RequestStatus
PREFLIGHT = Actor.system("pre-flight")
HERE = "the portal"
"""The source of a decision that was made here and not in the ticket."""
LATE = timedelta(seconds=20)
"""How long a check may be on its way before the sweep sends for it."""
AGAIN = timedelta(minutes=1)
"""How long the sweep then waits for the answer: while AWS cannot be asked, the same checks must not fill the queue."""


@transaction.atomic
def receive_request(
    *, ticket: str, content: RequestContent, requester: str, raw: dict[str, Any], actor: Actor
) -> AccountRequest:
    """Create the ticket's request, or update it when its content changed; again changes nothing.

    Changed content is checked anew. After an approval it is not taken over: the run is held, and a person
    sees the difference and decides (vending.services.late_edits).
    """
    now = clock.now()
    request, created = AccountRequest.objects.get_or_create(
        ticket=ticket,
        defaults={"received_at": now, "changed_at": now, "content_hash": "", "requester": requester[:254]},
    )
    request = AccountRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    if request.content_hash == content_hash(content):
        LateEdit.objects.filter(request=request).delete()  # it says again what was approved
        return request
    if not created and request.status in REOPENABLE:
        _set_status(request, S.RECEIVED)
    if not created and request.status not in EDITABLE:
        _changed_late(request, content, raw, actor)
        return request
    before = None if created else as_json(of_request(request))
    write_content(request, content, raw)
    _event(
        request, actor, "request.received" if created else "request.changed",
        f"{ticket} asks for the account “{request.account_name}”." if created else f"{ticket} was edited.",
        before=before, after=as_json(content),
    )  # fmt: skip
    enqueue("vending.tasks.preflight", request.pk)
    return request


def write_content(request: AccountRequest, content: RequestContent, raw: dict[str, Any]) -> None:
    """Make this the request's content; the caller holds its row."""
    contacts = apply(request, content)
    request.content_hash, request.raw, request.changed_at = content_hash(content), storable(raw), clock.now()
    request.recheck_at = None  # the new content has a check of its own on its way
    request.save()
    Contact.objects.filter(request=request).delete()
    Contact.objects.bulk_create(contacts)


def _changed_late(request: AccountRequest, content: RequestContent, raw: dict[str, Any], actor: Actor) -> None:
    """The ticket was edited after the decision: what was approved stays what is vended.

    The same edit holds the run once: who lets the run go on nevertheless has seen it. Where the account is ready, an
    edit is only what the ticket did not say before: the account may have been changed here since.
    """
    if not difference(clean(request.raw), content):
        LateEdit.objects.filter(request=request).delete()  # it says again what it said
        return
    changes = difference(of_request(request), content)
    known = LateEdit.objects.filter(request=request, content_hash=content_hash(content)).exists()
    if not changes or known:
        return
    LateEdit.objects.update_or_create(
        request=request,
        defaults={
            "raw": storable(raw), "content_hash": content_hash(content), "edited_by": actor.name[:254],
            "noticed_at": clock.now(),
        },
    )  # fmt: skip
    names = ", ".join(str(change.label) for change in changes)
    before = {change.field: change.old for change in changes}
    after = {change.field: change.new for change in changes}
    if request.status == S.READY:
        summary = f"{request.ticket} was edited after its account was ready ({names})."
        _event(request, actor, "request.edited_late", summary, before=before, after=after)
        return
    hold_for_change(
        request=request, actor=actor, reason=f"The ticket was edited after its approval ({names}).",
        before=before, after=after,
    )  # fmt: skip


@transaction.atomic
def reopen_request(*, request: AccountRequest, actor: Actor) -> None:
    """Take up a declined or cancelled request again, as if it had just come; any other is left as it is."""
    request = AccountRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    if request.status not in REOPENABLE:
        return
    _set_status(request, S.RECEIVED)
    _event(request, actor, "request.reopened", f"{request.ticket} was taken up again.")
    enqueue("vending.tasks.preflight", request.pk)


def run_preflight(*, request_id: int) -> None:
    """Check a request's content against AWS's rules and the organization, and settle its state; a duplicate does not.

    Raises what the AWS calls raise when AWS cannot be asked: the sweep brings the check back.
    """
    request = AccountRequest.objects.get(pk=request_id)
    if request.status not in EDITABLE or _passed(request):
        return
    results = preflight.check(of_request(request), clients_from_settings(), ticket=request.ticket)
    with transaction.atomic():
        current = AccountRequest.objects.select_for_update(no_key=True).get(pk=request_id)
        if current.content_hash != request.content_hash or current.status not in EDITABLE or _passed(current):
            return  # edited while AWS was asked: that edit has its own check in the queue
        told = _faults(current) if current.status == S.TO_CORRECT else []
        write_results(current, results)
        _settle(current, _faults(current), told)


def _is_checked(request: AccountRequest) -> bool:
    """Whether pre-flight has looked at the present content."""
    return request.preflight.filter(content_hash=request.content_hash).exists()


def _passed(request: AccountRequest) -> bool:
    """Whether the present content was found in order already: the ticket is not told twice."""
    return request.status == S.AWAITING_APPROVAL and _is_checked(request)


def write_results(request: AccountRequest, results: list[preflight.CheckResult]) -> None:
    """What was found about the request's present content; the caller holds its row."""
    moment = clock.now()
    PreflightResult.objects.filter(request=request).delete()
    PreflightResult.objects.bulk_create(
        PreflightResult(
            request=request, content_hash=request.content_hash, field=result.field, passed=result.passed,
            sentence=result.sentence, words=result.sentence.as_json(), checked_at=moment,
        )
        for result in results
    )  # fmt: skip


def _faults(request: AccountRequest) -> list[str]:
    found = request.preflight.filter(passed=False, content_hash=request.content_hash)
    return list(found.values_list("sentence", flat=True))


def _settle(request: AccountRequest, faults: list[str], told: list[str]) -> None:
    """The state that the check leads to; the ticket is not told again what it was told already."""
    AccountRequest.objects.filter(pk=request.pk).update(recheck_at=checks.next_check(request) if faults else None)
    if faults:
        _set_status(request, S.TO_CORRECT)
        if faults != told:
            _event(request, PREFLIGHT, "request.to_correct", " ".join(faults))
        return
    _set_status(request, S.AWAITING_APPROVAL)
    _event(
        request,
        PREFLIGHT,
        "request.preflight_passed",
        "Everything that can be checked beforehand is in order.",
    )
    approval = request.approvals.first()
    if approval and approval.decision == Decision.APPROVED and approval.content_hash == request.content_hash:
        by = Actor.person if approval.source == HERE else Actor.jira
        _approve(request, approval, by(approval.decided_by))


@transaction.atomic
def record_decision(
    *,
    request: AccountRequest,
    decision: Decision,
    decided_by: str,
    decided_at: datetime,
    source: str,
    actor: Actor,
) -> Approval | None:
    """Write down a decision on the request's present content and act on it; again changes nothing.

    An approval starts the run once pre-flight is green. An approval of content with faults is kept, and the
    ticket is told again what to correct.
    """
    request = AccountRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    latest = request.approvals.first()
    if latest and latest.decision == decision and latest.content_hash == request.content_hash:
        return None
    if latest is None and decision == Decision.WITHDRAWN and request.status == S.CANCELLED:
        return None
    approval = Approval.objects.create(
        request=request, decision=decision, decided_by=decided_by[:254], decided_at=decided_at,
        content_hash=request.content_hash, content=as_json(of_request(request)), source=source[:60],
    )  # fmt: skip
    if decision == Decision.APPROVED:
        _approve(request, approval, actor)
    else:
        _turn_down(request, approval, actor)
    return approval


def _approve(request: AccountRequest, approval: Approval, actor: Actor) -> None:
    if request.status in (S.TO_CORRECT, S.AWAITING_APPROVAL) and not _is_checked(request):
        return  # edited and approved at once: the check of the edit settles it
    if request.status == S.TO_CORRECT:
        faults = request.preflight.filter(passed=False).values_list("sentence", flat=True)
        _event(request, PREFLIGHT, "request.to_correct", "Approved, but not ready for it. " + " ".join(faults))
        return
    if request.status in REOPENABLE:
        reopen_request(request=request, actor=actor)  # its pre-flight finds this approval
        return
    if request.status != S.AWAITING_APPROVAL:
        return  # pre-flight is still under way and settles it, or the run exists already
    request.approved_at = approval.decided_at
    _set_status(request, S.APPROVED)
    _event(request, actor, "request.approved", f"{approval.decided_by} approved {request.ticket}.",
           after={"content_hash": approval.content_hash})  # fmt: skip
    start_run(request=request, actor=actor)


def _turn_down(request: AccountRequest, approval: Approval, actor: Actor) -> None:
    declined = approval.decision == Decision.DECLINED
    verb = "declined" if declined else "withdrew"
    if request.status in (S.VENDING, S.FAILED, S.ON_HOLD):
        stop_for_withdrawal(request=request, actor=actor, reason=f"{approval.decided_by} {verb} {request.ticket}.")
    elif request.status not in (S.READY, S.DECLINED, S.CANCELLED):
        _set_status(request, S.DECLINED if declined else S.CANCELLED)
        _event(request, actor, "request.declined" if declined else "request.cancelled",
               f"{approval.decided_by} {verb} {request.ticket}.")  # fmt: skip


def _set_status(request: AccountRequest, status: RequestStatus) -> None:
    if request.status != status:
        request.status, request.changed_at = status, clock.now()
        request.save(update_fields=["status", "changed_at", "approved_at"])


def _event(
    request: AccountRequest,
    actor: Actor,
    action: str,
    summary: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    record_event(
        actor=actor, action=action, summary=summary, target_kind="request", target_id=request.pk,
        ticket=request.ticket, before=before, after=after,
    )  # fmt: skip


def sweep() -> int:
    """Enqueue the check of every content that has waited for it too long; returns how many."""
    now = clock.now()
    checked = PreflightResult.objects.filter(request=OuterRef("pk"), content_hash=OuterRef("content_hash"))
    waiting = AccountRequest.objects.filter(Q(status=S.RECEIVED) | ~Exists(checked), status__in=EDITABLE)
    due = waiting.filter(Q(recheck_at=None) | Q(recheck_at__lte=now), changed_at__lt=now - LATE).order_by("changed_at")
    ids = list(due.values_list("pk", flat=True)[:200])
    AccountRequest.objects.filter(pk__in=ids).update(recheck_at=now + AGAIN)
    for pk in ids:
        enqueue("vending.tasks.preflight", pk)
    return len(ids) + checks.sweep()


__all__ = ["FIELDS", "receive_request", "record_decision", "run_preflight", "sweep"]
