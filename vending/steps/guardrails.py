"""Attach the service control policies that the baseline names for the account's environment.

Only attaches: what else hangs on the account may have been put there by a person for a reason. Policies that
the organizational unit hands down need not be named here.
Source: AWS Organizations, "Quotas": how many policies of one type one account takes.
Proved against the sandbox's Organizations, which attaches policies but neither enforces nor counts them.
"""

from django.utils.translation import gettext_noop as _

from vending.aws import policies
from vending.aws.errors import Fault, Kind
from vending.aws.policies import Policy
from vending.engine.context import Context
from vending.engine.step import Done, Seen, Step, StepParameters
from vending.steps.account_ready import AccountReady
from vending.steps.quarantine import named_policy


class Guardrails(Step):
    name = "guardrails"
    title = _("Attach the guardrails")
    needs = (AccountReady,)

    class Parameters(StepParameters):
        policies: list[str] = []
        """Names of service control policies."""
        most_attached: int = 5
        """As many as AWS takes on one account, FullAWSAccess and a quarantine counted."""

    def look(self, ctx: Context) -> Seen:
        if not ctx.parameters.policies:
            return Seen(True, "The baseline names no guardrail for this environment.")
        missing = self._missing(ctx, self._attached(ctx))
        if missing:
            return Seen(False, "Not attached: " + ", ".join(missing) + ".")
        return Seen(True, "Attached: " + ", ".join(ctx.parameters.policies) + ".")

    def act(self, ctx: Context) -> Done:
        attached = self._attached(ctx)
        missing = self._missing(ctx, attached)
        if not missing:
            return Done("Somebody else attached them meanwhile.")
        self._refuse_too_many(ctx, attached, missing)
        policy = named_policy(ctx, missing[0])
        policies.attach_policy(ctx.clients, ctx.account_id, policy.id)
        return Done(f"Attached {policy.name} ({policy.id}).")

    def _attached(self, ctx: Context) -> list[Policy]:
        return policies.policies_of(ctx.clients, ctx.account_id)

    def _missing(self, ctx: Context, attached: list[Policy]) -> list[str]:
        present = {policy.name for policy in attached}
        return [name for name in ctx.parameters.policies if name not in present]

    def _refuse_too_many(self, ctx: Context, attached: list[Policy], missing: list[str]) -> None:
        """Before the first is attached: half of the guardrails would look like all of them."""
        most = ctx.parameters.most_attached
        if len(attached) + len(missing) <= most:
            return
        raise Fault(
            Kind.PERMANENT,
            "TooManyPolicies",
            f"AWS takes {most} service control policies on one account. Attached are "
            f"{', '.join(policy.name for policy in attached)}; {', '.join(missing)} would be too many. Merge "
            "policies, or attach them to the organizational unit, then retry.",
        )
