"""What a person decides about a ticket that was edited after its approval."""

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from audit.admin.operations import Fact, Operation
from audit.labels import moment_label
from audit.services import Actor
from vending.changing import edited
from vending.choices import RequestStatus
from vending.models import AccountRequest
from vending.services import NotAllowed, change_by_edit, leave_as_it_is
from vending.services.late_edits import accept_edit, send_back

PERMISSION = "vending.decide_accountrequest"


def _has_edit(request: AccountRequest) -> bool:
    return request.status == RequestStatus.ON_HOLD and getattr(request, "late_edit", None) is not None


def _has_edit_of_ready(request: AccountRequest) -> bool:
    return request.status == RequestStatus.READY and getattr(request, "late_edit", None) is not None


def _change(request: AccountRequest, actor: Actor, _reason: str) -> None:
    change_by_edit(request=request, actor=actor)


def _leave(request: AccountRequest, actor: Actor, reason: str) -> None:
    leave_as_it_is(request=request, reason=reason, actor=actor)


def _accept(request: AccountRequest, actor: Actor, _reason: str) -> None:
    accept_edit(request=request, actor=actor)


def _send_back(request: AccountRequest, actor: Actor, reason: str) -> None:
    send_back(request=request, reason=reason, actor=actor)


def _edit(request: AccountRequest) -> list[Fact]:
    """Who edited what; both values of each field stand on the page behind the question."""
    edit = request.late_edit
    fields = ", ".join(capfirst(str(change.label)) for change in edited(request, edit))
    return [
        (_("Edited by"), edit.edited_by),
        (_("Noticed"), moment_label(edit.noticed_at)),
        (_("Edited fields"), fields),
    ]


ACCEPT_EDIT = Operation(
    name="accept_edit",
    label=_("Accept the edit"),
    question=_(
        "Approve the request as the ticket says it now. It is checked again; if it is in order, it is vended in a new "
        "run. Your approval is kept in the record with this content."
    ),
    done=_("The edited request is approved and checked again."),
    permission=PERMISSION,
    offered=_has_edit,
    perform=_accept,
    refusal=NotAllowed,
    facts=_edit,
)
SEND_BACK = Operation(
    name="send_back",
    label=_("Send back"),
    question=_("Take the approval back. The ticket tells the requester why, and needs a new approval as it is now."),
    done=_("The request awaits a new approval, and the ticket says why."),
    permission=PERMISSION,
    offered=_has_edit,
    perform=_send_back,
    refusal=NotAllowed,
    facts=_edit,
    asks_reason=True,
    danger=True,
)
CHANGE_BY_EDIT = Operation(
    name="change_by_edit",
    label=_("Change the account"),
    question=_(
        "Change the account to what the ticket says now, by a run of the steps that it concerns. Its name, e-mail "
        "address and environment stay as they are; the record says what was not taken over."
    ),
    done=_("The change has begun; its run is below."),
    permission="vending.change_account",
    offered=_has_edit_of_ready,
    perform=_change,
    refusal=NotAllowed,
    facts=_edit,
)
LEAVE_AS_IT_IS = Operation(
    name="leave_as_it_is",
    label=_("Leave it as it is"),
    question=_("The account stays as it is. The ticket is told so, with the reason."),
    done=_("The account stays as it is."),
    permission=PERMISSION,
    offered=_has_edit_of_ready,
    perform=_leave,
    refusal=NotAllowed,
    facts=_edit,
    asks_reason=True,
)
