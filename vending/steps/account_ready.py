"""Wait until the account really works: Organizations says SUCCEEDED minutes before its services agree."""

from django.utils.translation import gettext_noop as _

from vending.aws.probe import probe
from vending.engine.context import Context
from vending.engine.step import Done, Seen, Step, Wait
from vending.steps.create_account import CreateAccount

AGAIN = 5.0


class AccountReady(Step):
    name = "account_ready"
    title = _("Probe that the account is ready")
    needs = (CreateAccount,)

    def look(self, ctx: Context) -> Seen:
        probe(ctx.clients, ctx.account_id)
        return Seen(True, "The access role can be assumed, and IAM and CloudFormation answer.")

    def act(self, ctx: Context) -> Done | Wait:
        return Wait(AGAIN, "The new account does not answer yet.")
