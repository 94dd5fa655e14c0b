"""What a person may do with an account: each calls one service."""

from django.utils.translation import gettext_lazy as _

from audit.admin.operations import Fact, Operation
from audit.labels import moment_label
from audit.services import Actor
from vending.choices import AccountState
from vending.models import Account
from vending.services import NotAllowed, ask_to_close, confirm_closing, withdraw_closing

PERMISSION = "vending.close_account"


def _ask(account: Account, actor: Actor, reason: str) -> None:
    ask_to_close(account=account, reason=reason, actor=actor)


def _confirm(account: Account, actor: Actor, _reason: str) -> None:
    confirm_closing(account=account, actor=actor)


def _withdraw(account: Account, actor: Actor, _reason: str) -> None:
    withdraw_closing(account=account, actor=actor)


def _may_be_closed(account: Account) -> bool:
    return account.state == AccountState.ACTIVE and account.request_id is not None


def _whose(account: Account) -> list[Fact]:
    return [(_("Owner"), account.owner), (_("Environment"), account.environment)]


def _asked(account: Account) -> list[Fact]:
    """Who confirms must see what is confirmed."""
    wish = account.open_closing
    if wish is None:
        return _whose(account)
    return [
        *_whose(account),
        (_("Asked by"), wish.asked_by),
        (_("Asked"), moment_label(wish.asked_at)),
        (_("Reason"), wish.reason),
    ]


ACCOUNT_OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name="close",
        label=_("Close account"),
        question=_("Ask to close the account. Nothing happens before another person confirms it."),
        done=_("Another GAS engineer can confirm the closing now."),
        permission=PERMISSION,
        offered=lambda account: _may_be_closed(account) and account.open_closing is None,
        perform=_ask,
        refusal=NotAllowed,
        facts=_whose,
        asks_reason=True,
        danger=True,
    ),
    Operation(
        name="confirm-closing",
        label=_("Confirm closing"),
        question=_(
            "Close the account in AWS, as another person has asked. Everything in it stops working. AWS can reopen it "
            "for 90 days; its e-mail address is never free again."
        ),
        done=_("The account is being closed."),
        permission=PERMISSION,
        offered=lambda account: account.open_closing is not None,
        perform=_confirm,
        refusal=NotAllowed,
        facts=_asked,
        danger=True,
    ),
    Operation(
        name="withdraw-closing",
        label=_("Do not close"),
        question=_("Withdraw the wish to close this account. It stays open, and can be asked for again."),
        done=_("The account is not closed."),
        permission=PERMISSION,
        offered=lambda account: account.open_closing is not None,
        perform=_withdraw,
        refusal=NotAllowed,
        facts=_asked,
    ),
)
