"""Move the account into the organizational unit that was asked for."""

from django.utils.translation import gettext_noop as _

from vending.aws import organizations, ssm
from vending.aws.errors import Fault, Kind
from vending.engine.context import Context
from vending.engine.step import Done, Seen, Step
from vending.steps.account_ready import AccountReady


class OrganizationalUnit(Step):
    name = "organizational_unit"
    title = _("Move into the organizational unit")
    needs = (AccountReady,)
    reads = ("organizational_unit",)

    def look(self, ctx: Context) -> Seen:
        wanted = self._wanted(ctx)
        parent = organizations.parent_of(ctx.clients, ctx.account_id)
        name = ctx.wanted.organizational_unit
        if parent == wanted:
            return Seen(True, f"The account is in {name} ({wanted}).")
        return Seen(False, f"The account is in {parent}, not in {name} ({wanted}).")

    def act(self, ctx: Context) -> Done:
        wanted = self._wanted(ctx)
        parent = organizations.parent_of(ctx.clients, ctx.account_id) or ""
        organizations.move_account(ctx.clients, ctx.account_id, source=parent, destination=wanted)
        return Done(f"Moved from {parent} to {wanted}.")

    def _wanted(self, ctx: Context) -> str:
        units = ssm.organizational_units(ctx.clients)
        name = ctx.wanted.organizational_unit
        if name not in units:
            raise Fault(Kind.PERMANENT, "UnknownOrganizationalUnit", f"The organizational unit “{name}” is not in "
                        f"Parameter Store ({ssm.ORGANIZATIONAL_UNITS}). Add it there, then retry.")  # fmt: skip
        return units[name]
