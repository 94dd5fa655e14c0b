"""Close the account. AWS can undo it for 90 days, and its e-mail address is never free again.

Source: AWS Organizations, CloseAccount and its quotas: three closings at once, and within rolling 30 days a share
of the accounts (CLOSE_ACCOUNT_QUOTA_EXCEEDED), which only time or AWS Support can raise.
"""

from datetime import timedelta

from botocore.exceptions import ClientError
from django.utils.translation import gettext_noop as _

from vending.aws import organizations
from vending.aws.errors import has_code
from vending.choices import AccountState
from vending.engine.context import Context
from vending.engine.step import Done, Gate, Seen, Step, Wait
from vending.steps.closed_unit import ClosedUnit

AGAIN = 10.0
CLOSED = (AccountState.SUSPENDED, AccountState.CLOSED)


class CloseAccount(Step):
    name = "close_account"
    title = _("Close the account")
    needs = (ClosedUnit,)
    gate = Gate("close-account", "AWS closes only a few accounts at once", "MAX_CONCURRENT_CLOSES")
    patience = timedelta(days=1)

    def look(self, ctx: Context) -> Seen:
        found = organizations.describe_account(ctx.clients, ctx.account_id)
        if found is None:
            return Seen(True, f"The organization has no account {ctx.account_id} any more.")
        return Seen(found.state in CLOSED, f"Account {found.id} “{found.name}” is {found.state}.")

    def act(self, ctx: Context) -> Done | Wait:
        found = organizations.describe_account(ctx.clients, ctx.account_id)
        if found is not None and found.state == AccountState.PENDING_CLOSURE:
            return Wait(AGAIN, "AWS is closing the account.")
        try:
            organizations.close_account(ctx.clients, ctx.account_id)
        except ClientError as error:
            if not has_code(error, "AccountAlreadyClosedException"):
                raise
            return Done("AWS says that the account is closed already.")
        return Done(f"AWS began to close account {ctx.account_id}.")
