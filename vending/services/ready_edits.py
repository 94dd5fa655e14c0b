"""What a person decides about a ticket that was edited after its account was ready: change the account, or leave it."""

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import Actor, record_event
from vending.changing import CHANGEABLE, edited
from vending.choices import RequestStatus
from vending.content import as_json, clean
from vending.models import Account, AccountRequest, LateEdit, Run
from vending.services.changes import change_account, take_note
from vending.services.errors import NotAllowed
from vending.services.late_edits import must_not_decide_for_themselves


def change_by_edit(*, request: AccountRequest, actor: Actor) -> Run:
    """Change the account to what the edit of its ticket says, as far as that can change; the record names the rest.

    Raises NotAllowed, also for the person who asked for the account.
    """
    edit = _edit(request)
    must_not_decide_for_themselves(request, actor)
    touched = [change.field for change in edited(request, edit)]
    said = as_json(clean(edit.raw))
    wishes = {name: said[name] for name in touched if name in CHANGEABLE}
    if not wishes:
        raise NotAllowed(
            _("Nothing of this edit can change once the account exists, or all of it is so already. Leave it as it is.")
        )
    rest = ", ".join(name.replace("_", " ") for name in touched if name not in CHANGEABLE)
    reason = f"{edit.edited_by} edited {request.ticket}."
    if rest:
        reason += f" Not taken over, since the account was made by it: {rest}."
    account = Account.objects.get(request=request)
    return change_account(account=account, wishes=wishes, reason=reason, actor=actor, edit=edit)


@transaction.atomic
def leave_as_it_is(*, request: AccountRequest, reason: str, actor: Actor) -> None:
    """Decide that the account stays as it is, whatever its ticket says now. Raises NotAllowed."""
    request = AccountRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    edit = _edit(request)
    if not reason.strip():
        raise NotAllowed(_("Say why the account stays as it is; the reason is kept in the record."))
    take_note(request, edit)
    request.save(update_fields=["raw"])
    record_event(
        actor=actor, action="request.edit_left", summary=f"The account stays as it is: {reason.strip()}",
        target_kind="request", target_id=request.pk, ticket=request.ticket, after={"reason": reason.strip()},
    )  # fmt: skip


def _edit(request: AccountRequest) -> LateEdit:
    edit = LateEdit.objects.filter(request=request, request__status=RequestStatus.READY).first()
    if edit is None:
        raise NotAllowed(_("No edit of this ticket awaits a decision."))
    return edit
