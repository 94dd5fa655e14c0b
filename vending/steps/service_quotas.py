"""Ask for higher service quotas inside the account, each once.

Source: Service Quotas user guide, "Requesting a quota increase": AWS takes one open request for a quota; small
increases are granted in minutes, others by people in days. So by default the step is done when AWS has the
request; with `wait` the account is not ready before the quotas are there.
Proved against the sandbox's imitation of Service Quotas (requests, their history, the decision).
"""

from datetime import timedelta

from django.utils.translation import gettext_noop as _
from pydantic import BaseModel, ConfigDict

from vending.aws import quotas
from vending.aws.errors import Fault, Kind
from vending.aws.quotas import Increase
from vending.engine.context import Context
from vending.engine.step import Done, Seen, Step, StepParameters, Wait
from vending.steps.account_ready import AccountReady

AGAIN = 60.0


class Quota(BaseModel):
    """A quota as Service Quotas names it: `vpc`, `L-F678F1CE`; no region means the portal's own."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    service: str
    quota: str
    value: float
    region: str = ""

    def __str__(self) -> str:
        where = f" in {self.region}" if self.region else ""
        return f"{self.service} {self.quota}{where} to {self.value:g}"


class ServiceQuotas(Step):
    name = "service_quotas"
    title = _("Raise service quotas")
    needs = (AccountReady,)
    patience = timedelta(days=3)

    class Parameters(StepParameters):
        quotas: list[Quota] = []
        wait: bool = False
        """Whether the account waits until AWS has granted them."""

    def look(self, ctx: Context) -> Seen:
        if not ctx.parameters.quotas:
            return Seen(True, "The baseline asks for no higher quota.")
        states = {wanted: self._state(ctx, wanted) for wanted in ctx.parameters.quotas}
        enough = ("granted",) if ctx.parameters.wait else ("granted", "requested")
        evidence = "; ".join(f"{wanted}: {state}" for wanted, state in states.items())
        return Seen(all(state in enough for state in states.values()), evidence + ".")

    def act(self, ctx: Context) -> Done | Wait:
        for wanted in ctx.parameters.quotas:
            if self._state(ctx, wanted) == "missing":
                return self._ask(ctx, wanted)
        return Wait(AGAIN, "AWS has not decided yet about " + self._undecided(ctx) + ".")

    def _undecided(self, ctx: Context) -> str:
        return ", ".join(str(each) for each in ctx.parameters.quotas if self._state(ctx, each) != "granted")

    def _state(self, ctx: Context, wanted: Quota) -> str:
        """granted, requested (open, or approved and not yet shown), or missing."""
        where = (ctx.clients, ctx.account_id, wanted.service, wanted.quota, wanted.region or None)
        present = quotas.quota(*where)
        if present is not None and present >= wanted.value:
            return "granted"
        asked = [each for each in quotas.increases(*where) if each.desired >= wanted.value]
        return "requested" if any(each.open or each.status == "APPROVED" for each in asked) else "missing"

    def _ask(self, ctx: Context, wanted: Quota) -> Done | Wait:
        where = (ctx.clients, ctx.account_id, wanted.service, wanted.quota, wanted.region or None)
        if quotas.quota(*where) is None:
            raise self._unknown(wanted)
        history = quotas.increases(*where)
        for earlier in history:
            if earlier.open:
                return Wait(AGAIN, f"AWS has an open request for {earlier.desired:g} of {wanted.service} "
                            f"{wanted.quota} and takes one at a time.")  # fmt: skip
        refused = next((each for each in history if each.desired >= wanted.value), None)
        if refused is not None:
            raise self._refused(wanted, refused)
        asked = quotas.request_increase(*where[:4], wanted.value, where[4])
        return Done(f"Asked for {wanted} ({asked.id}).")

    def _unknown(self, wanted: Quota) -> Fault:
        return Fault(
            Kind.PERMANENT,
            "UnknownQuota",
            f"AWS knows no quota {wanted.quota} of the service {wanted.service}. Correct it in the baseline; skip "
            "this step for this account.",
        )

    def _refused(self, wanted: Quota, refused: Increase) -> Fault:
        return Fault(
            Kind.PERMANENT,
            refused.status,
            f"AWS did not grant {wanted} (request {refused.id}: {refused.status}). Settle it with AWS Support and "
            "retry, or skip this step.",
        )
