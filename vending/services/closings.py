"""Closing an account: asked for by one person, confirmed by another, then a run of its own."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import Actor, record_event
from taskqueue import clock
from vending.choices import RecipeName
from vending.engine.plan import write_rows
from vending.models import Account, Closing, Run
from vending.selectors import baseline_of
from vending.services.errors import NotAllowed
from vending.services.repairs import request_of
from vending.services.runs import begin
from vending.steps.close_account import CloseAccount
from vending.steps.closed_unit import ClosedUnit


@transaction.atomic
def ask_to_close(*, account: Account, reason: str, actor: Actor) -> Closing:
    """Write down that somebody wants the account closed; nothing happens before another person confirms.

    Raises NotAllowed.
    """
    request_of(account)
    if not reason.strip():
        raise NotAllowed(_("Say why the account is to be closed; the reason is kept in the record."))
    if open_closing(account) is not None:
        raise NotAllowed(
            _("Somebody asked to close {name} already. Another person can confirm it.").format(name=account.name)
        )
    closing = Closing.objects.create(account=account, asked_by=actor.name, asked_at=clock.now(), reason=reason.strip())
    _event(account, actor, "closing.asked", f"{actor.name} asks to close {account.name}: {closing.reason}")
    return closing


@transaction.atomic
def confirm_closing(*, account: Account, actor: Actor) -> Run:
    """Confirm another person's wish and start the run that closes the account. Raises NotAllowed."""
    closing = _asked(account)
    if closing.asked_by == actor.name:
        raise NotAllowed(
            _("You asked to close {name} yourself: another person has to confirm it.").format(name=account.name)
        )
    request, baseline = request_of(account), baseline_of(account)
    if baseline is None:
        raise NotAllowed(_("There is no baseline yet. Import one with `manage.py baseline import FILE`."))
    moment = clock.now()
    run = Run.objects.create(
        request=request, account=account, baseline=baseline, recipe=RecipeName.CLOSE,
        approved_at=moment, started_at=moment,
    )  # fmt: skip
    Closing.objects.filter(pk=closing.pk).update(confirmed_by=actor.name, confirmed_at=moment, run=run)
    _event(account, actor, "closing.confirmed", f"{actor.name} confirms: {account.name} is closed.", run=run)
    chosen: dict[str, dict[str, object]] = {CloseAccount.name: {}}
    if settings.CLOSED_ACCOUNTS_UNIT:
        chosen[ClosedUnit.name] = {"unit": settings.CLOSED_ACCOUNTS_UNIT}
    begin(run, write_rows(run, chosen), actor, f"Closing {account.name}. Reason: {closing.reason}")
    return run


@transaction.atomic
def withdraw_closing(*, account: Account, actor: Actor) -> None:
    """Take the wish back, one's own or another person's. Raises NotAllowed."""
    closing = _asked(account)
    Closing.objects.filter(pk=closing.pk).update(withdrawn_by=actor.name, withdrawn_at=clock.now())
    _event(account, actor, "closing.withdrawn", f"{account.name} is not closed: {actor.name} withdrew the wish.")


def open_closing(account: Account) -> Closing | None:
    """The wish that waits for a second person."""
    return account.closings.filter(confirmed_at__isnull=True, withdrawn_at__isnull=True).first()


def _asked(account: Account) -> Closing:
    """The open wish with its row held: whoever settled it at the same moment is seen."""
    closing = account.closings.select_for_update().filter(confirmed_at=None, withdrawn_at=None).first()
    if closing is None:
        raise NotAllowed(_("Nobody has asked to close {name}, or it is settled already.").format(name=account.name))
    return closing


def _event(account: Account, actor: Actor, action: str, summary: str, **more: Any) -> None:
    run = more.get("run")
    record_event(
        actor=actor, action=action, summary=summary, target_kind="account", target_id=account.pk,
        account_id=account.account_id, run_id=run.pk if run else None,
    )  # fmt: skip
