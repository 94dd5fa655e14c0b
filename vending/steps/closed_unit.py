"""Move an account that is to be closed under the organizational unit of the closed ones, whose policies deny all."""

from django.utils.translation import gettext_noop as _

from vending.aws import organizations, ssm
from vending.aws.errors import Fault, Kind
from vending.engine.context import Context
from vending.engine.step import Done, Seen, Step, StepParameters


class ClosedUnit(Step):
    name = "closed_unit"
    title = _("Move to the closed accounts")

    class Parameters(StepParameters):
        unit: str
        """The organizational unit's name in Parameter Store."""

    def look(self, ctx: Context) -> Seen:
        wanted = self._wanted(ctx)
        parent = organizations.parent_of(ctx.clients, ctx.account_id)
        return Seen(parent == wanted, f"The account is in {parent}; closed accounts are in {wanted}.")

    def act(self, ctx: Context) -> Done:
        wanted = self._wanted(ctx)
        parent = organizations.parent_of(ctx.clients, ctx.account_id) or ""
        organizations.move_account(ctx.clients, ctx.account_id, source=parent, destination=wanted)
        return Done(f"Moved from {parent} to {wanted}.")

    def _wanted(self, ctx: Context) -> str:
        units = ssm.organizational_units(ctx.clients)
        if ctx.parameters.unit not in units:
            raise Fault(
                Kind.PERMANENT,
                "UnknownOrganizationalUnit",
                f"The organizational unit “{ctx.parameters.unit}” (CLOSED_ACCOUNTS_UNIT) is not in Parameter Store "
                f"({ssm.ORGANIZATIONAL_UNITS}). Add it there, then retry.",
            )
        return units[ctx.parameters.unit]
