"""Keep a new account closed until its baseline is done, by a service control policy of the company.

The policy must spare the portal's own way in (OrganizationAccountAccessRole, the stack sets' execution role)
by a condition on aws:PrincipalArn, else the baseline cannot be laid. Attaching it is the first thing that
happens to the account, `lift_quarantine` the last. A run that fails leaves the account closed.
Proved against the sandbox's Organizations, which attaches policies but does not enforce them.
"""

from django.utils.translation import gettext_noop as _

from vending.aws import policies
from vending.aws.errors import Fault, Kind
from vending.aws.policies import Policy
from vending.choices import RecipeName
from vending.engine.context import Context
from vending.engine.step import Done, Seen, Step, StepParameters
from vending.steps.create_account import CreateAccount

LIFTED_BY = "lift_quarantine"
ONLY_WHILE_VENDED = "A quarantine holds only while an account is vended."


class Quarantine(Step):
    name = "quarantine"
    title = _("Put the new account into quarantine")
    needs = (CreateAccount,)
    only_with = (LIFTED_BY,)
    without_it = _("The account would stay closed for ever.")

    class Parameters(StepParameters):
        policy: str = ""
        """The service control policy's name; none: no quarantine."""

    def look(self, ctx: Context) -> Seen:
        name = ctx.parameters.policy
        if ctx.run is None:
            raise LookupError(ONLY_WHILE_VENDED)
        if not name:
            return Seen(True, "No quarantine policy is named.")
        if ctx.run.recipe != RecipeName.VEND or (ctx.account and ctx.account.ready_at):
            return Seen(True, ONLY_WHILE_VENDED)
        attached = attached_policy(ctx, name)
        if attached is None:
            return Seen(False, f"The policy {name} is not attached to the account.")
        kept = f"The policy {name} ({attached.id}) keeps the account closed until the baseline is done."
        return Seen(True, kept)

    def act(self, ctx: Context) -> Done:
        if not ctx.own_row.run.steps.filter(step=LIFTED_BY).exists():
            raise Fault(
                Kind.PERMANENT,
                "NobodyLifts",
                f"The baseline switches on quarantine without {LIFTED_BY}: the account would stay closed for "
                "ever. Switch both on or off, or skip this step.",
            )
        policy = named_policy(ctx, ctx.parameters.policy)
        policies.attach_policy(ctx.clients, ctx.account_id, policy.id)
        return Done(f"Attached {policy.name} ({policy.id}).")


def attached_policy(ctx: Context, name: str) -> Policy | None:
    """The service control policy of this name, if it is attached to the account itself."""
    attached = policies.policies_of(ctx.clients, ctx.account_id)
    return next((policy for policy in attached if policy.name == name), None)


def named_policy(ctx: Context, name: str) -> Policy:
    """The organization's service control policy of this name. Raises Fault."""
    policy = policies.find_policy(ctx.clients, name)
    if policy is None:
        raise Fault(
            Kind.PERMANENT,
            "UnknownPolicy",
            f"The organization has no service control policy “{name}”. Create it, or correct its name in the "
            "baseline, then retry.",
        )
    return policy
