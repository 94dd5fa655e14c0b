"""What a person decides about a ticket that was edited after its approval: accept the edit, or send it back.

Only while nothing exists in AWS: an account that was made is not made again. Then the run can be released, which
keeps to what was approved, or cancelled.
"""

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import Actor, record_event
from taskqueue import clock
from taskqueue.queue import enqueue
from vending.choices import Decision, RequestStatus, RunStatus
from vending.content import RequestContent, as_json, clean, of_request
from vending.models import AccountRequest, Approval, LateEdit, Run
from vending.services.errors import NotAllowed
from vending.services.requests import HERE, write_content
from vending.services.runs import end_run


@transaction.atomic
def accept_edit(*, request: AccountRequest, actor: Actor) -> Approval:
    """Approve what the ticket says now. It is checked, and vended in a new run if the check passes.

    Raises NotAllowed when there is no edit to decide on, when something exists in AWS already, and for the person
    who asked for the account.
    """
    request, edit, run = _held(request)
    must_not_decide_for_themselves(request, actor)
    content = _take_over(request, edit, run)
    approval = _decide(request, content, Decision.APPROVED, actor)
    _event(request, actor, "request.edit_accepted", f"{actor.name} approved {request.ticket} as it was edited.", run)
    return approval


@transaction.atomic
def send_back(*, request: AccountRequest, reason: str, actor: Actor) -> None:
    """Take the approval back: what the ticket says now needs a new one. The ticket is told why. Raises NotAllowed."""
    request, edit, run = _held(request)
    if not reason.strip():
        raise NotAllowed(_("Say why it is sent back; the ticket tells the requester."))
    content = _take_over(request, edit, run)
    _decide(request, content, Decision.WITHDRAWN, actor)  # nor does what was approved before count, if it comes back
    _event(request, actor, "request.sent_back", reason.strip(), run)


def is_held_for_edit(request: AccountRequest) -> bool:
    """Whether there is an edit to decide on."""
    return request.status == RequestStatus.ON_HOLD and LateEdit.objects.filter(request=request).exists()


def must_not_decide_for_themselves(request: AccountRequest, actor: Actor) -> None:
    """Raises NotAllowed for the person who asked for the account."""
    if request.requester.casefold() in _names_of(actor):
        raise NotAllowed(_("Who asks for an account does not approve it. Somebody else has to decide."))


def _names_of(actor: Actor) -> set[str]:
    """What Jira may call this person: the name they sign in with, or their e-mail address."""
    addresses = get_user_model().objects.filter(username=actor.name).values_list("email", flat=True)
    return {name.casefold() for name in (actor.name, *addresses) if name}


def _held(request: AccountRequest) -> tuple[AccountRequest, LateEdit, Run]:
    """The request with its row held, the edit and the run that waits for the decision."""
    request = AccountRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    edit = LateEdit.objects.filter(request=request).first()
    run = request.runs.select_related("account").filter(status=RunStatus.ON_HOLD).first()
    if edit is None or run is None:
        raise NotAllowed(_("No edit of this ticket awaits a decision."))
    if run.account is not None or run.steps.filter(intended_at__isnull=False).exists():
        raise NotAllowed(
            _(
                "The account is there or its creation was sent to AWS. Release the run to keep to what was approved, "
                "or cancel it."
            )
        )
    return request, edit, run


def _take_over(request: AccountRequest, edit: LateEdit, run: Run) -> RequestContent:
    """End the run of the old content and check the new one, whose pre-flight finds its approval if there is one."""
    content = clean(edit.raw)
    end_run(run)
    request.status = RequestStatus.AWAITING_APPROVAL
    write_content(request, content, edit.raw)
    edit.delete()
    enqueue("vending.tasks.preflight", request.pk)
    return content


def _decide(request: AccountRequest, content: RequestContent, decision: Decision, actor: Actor) -> Approval:
    return Approval.objects.create(
        request=request, decision=decision, decided_by=actor.name[:254], decided_at=clock.now(),
        content_hash=request.content_hash, content=as_json(content), source=HERE,
    )  # fmt: skip


def _event(request: AccountRequest, actor: Actor, action: str, summary: str, run: Run) -> None:
    record_event(
        actor=actor, action=action, summary=summary, target_kind="request", target_id=request.pk,
        ticket=request.ticket, run_id=run.pk, after=as_json(of_request(request)),
    )  # fmt: skip
