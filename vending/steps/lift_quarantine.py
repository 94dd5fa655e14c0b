"""Open the account once everything else of its run is done: detach what `quarantine` attached.

Which policy that is, the run's own quarantine step says: two places that name it could disagree.
Proved against the sandbox's Organizations, which attaches policies but does not enforce them.
"""

from django.utils.translation import gettext_noop as _

from vending.aws import policies
from vending.engine.context import Context
from vending.engine.step import Done, Seen, Step
from vending.steps.create_account import CreateAccount
from vending.steps.quarantine import ONLY_WHILE_VENDED, Quarantine, attached_policy


class LiftQuarantine(Step):
    name = "lift_quarantine"
    title = _("Lift the quarantine")
    needs = (CreateAccount, Quarantine)
    only_with = (Quarantine.name,)
    without_it = _("There would be nothing to lift.")
    last = True

    def look(self, ctx: Context) -> Seen:
        name = self._policy(ctx)
        if not name:
            return Seen(True, "The account was not put into quarantine.")
        if attached_policy(ctx, name) is None:
            return Seen(True, f"The policy {name} is not attached to the account: it is open.")
        return Seen(False, f"The policy {name} still keeps the account closed.")

    def act(self, ctx: Context) -> Done:
        policy = attached_policy(ctx, self._policy(ctx))
        if policy is None:
            return Done("Somebody else lifted it meanwhile.")
        policies.detach_policy(ctx.clients, ctx.account_id, policy.id)
        return Done(f"Detached {policy.name} ({policy.id}).")

    def _policy(self, ctx: Context) -> str:
        """The name from the run's plan; empty where the plan has no quarantine. LookupError without a run."""
        if ctx.run is None:
            raise LookupError(ONLY_WHILE_VENDED)
        planned = ctx.run.steps.filter(step=Quarantine.name).first()
        return str(planned.parameters.get("policy", "")) if planned else ""
