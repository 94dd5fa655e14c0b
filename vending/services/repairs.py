"""Repair: act where a look said no, on one account, by the steps that built it."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import Actor
from taskqueue import clock
from vending.choices import OPEN_RUN, AccountState, RecipeName
from vending.engine.plan import chosen_steps, write_rows
from vending.models import Account, AccountRequest, Run
from vending.selectors import baseline_of
from vending.services.errors import NotAllowed
from vending.services.runs import begin
from vending.steps.create_account import CreateAccount


@transaction.atomic
def start_repair(*, account: Account, steps: Collection[str], reason: str, actor: Actor) -> Run:
    """Start a run of just these steps of the account's baseline. Raises NotAllowed.

    Each step looks first: what was mended meanwhile is left alone.
    """
    request = request_of(account)
    if not reason.strip():
        raise NotAllowed(_("Say why the account is repaired; the reason is kept in the record."))
    baseline = baseline_of(account)
    if baseline is None:
        raise NotAllowed(_("There is no baseline yet. Import one with `manage.py baseline import FILE`."))
    chosen = {
        name: parameters
        for name, parameters in chosen_steps(baseline, account.environment).items()
        if name in steps and name != CreateAccount.name
    }
    if not chosen:
        raise NotAllowed(
            _("{name} has no deviation that a step could repair. Check the account again if you expected one.").format(
                name=account.name
            )
        )
    run = Run.objects.create(
        request=request, account=account, baseline=baseline, recipe=RecipeName.REPAIR,
        approved_at=clock.now(), started_at=clock.now(),
    )  # fmt: skip
    rows = write_rows(run, chosen)
    titles = ", ".join(row.title for row in rows)
    begin(run, rows, actor, f"Repairing {account.name}: {titles}. Reason: {reason.strip()}")
    return run


def request_of(account: Account) -> AccountRequest:
    """The account's request, held: the one lock for everything about an account. Raises NotAllowed."""
    if account.request_id is None:
        raise NotAllowed(
            _("{name} was adopted: no request says what it should be. Change it where it was built.").format(
                name=account.name
            )
        )
    request = AccountRequest.objects.select_for_update(no_key=True).get(pk=account.request_id)
    account.refresh_from_db()
    if account.state != AccountState.ACTIVE:
        raise NotAllowed(
            _("{name} is {state}; only an active account can be worked on.").format(
                name=account.name, state=account.get_state_display()
            )
        )
    if request.runs.filter(status__in=OPEN_RUN).exists():
        raise NotAllowed(
            _("A run of {ticket} is open. End it first: retry, release or cancel it.").format(ticket=request.ticket)
        )
    return request
