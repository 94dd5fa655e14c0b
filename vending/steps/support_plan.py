"""Ask AWS to put the account under the company's support plan: there is no API for it, only a support case.

One case for each account, with the account's id in its subject. The step is done when AWS has the case: the
answer may take a day, and nothing in the account depends on it.
Source: AWS Support API reference, CreateCase; it needs a Business or Enterprise plan in the management account.
Proved against moto's Support.
"""

from botocore.exceptions import ClientError
from django.utils.translation import gettext_noop as _

from vending.aws import support
from vending.aws.errors import Fault, Kind, has_code
from vending.aws.support import Case
from vending.engine.context import Context
from vending.engine.step import Done, Seen, Step, StepParameters
from vending.steps.account_ready import AccountReady

RESOLVED = "resolved"


class SupportPlan(Step):
    name = "support_plan"
    title = _("Ask for the support plan")
    needs = (AccountReady,)

    class Parameters(StepParameters):
        plan: str = ""
        """The plan's name for AWS's staff, such as Enterprise; none: no case."""
        emails: list[str] = []
        """Who else is told of AWS's answers, ten at most."""

    def look(self, ctx: Context) -> Seen:
        if not ctx.parameters.plan:
            return Seen(True, "The baseline asks for no support plan.")
        case = self._case(ctx)
        if case is None:
            return Seen(False, f"No support case asks for the plan {ctx.parameters.plan}.")
        return Seen(True, f"Support case {case.id} “{case.subject}” is {case.status}.")

    def act(self, ctx: Context) -> Done:
        plan = ctx.parameters.plan
        case_id = support.create_case(
            ctx.clients,
            subject=self._subject(ctx),
            body=f"Please add our new member account {ctx.account_id} to our {plan} support plan. Thank you.",
            emails=tuple(ctx.parameters.emails),
        )
        return Done(f"Opened support case {case_id}.")

    def _subject(self, ctx: Context) -> str:
        return f"Add account {ctx.account_id} to the {ctx.parameters.plan} support plan"

    def _case(self, ctx: Context) -> Case | None:
        """The case of this very subject, even resolved; else an open one that a person opened for the account."""
        try:
            cases = support.cases_about(ctx.clients, ctx.account_id)
        except ClientError as error:
            if has_code(error, "SubscriptionRequiredException"):
                raise self._no_support() from error
            raise
        ours = [case for case in cases if case.subject == self._subject(ctx)]
        return next(iter(ours or [case for case in cases if case.status != RESOLVED]), None)

    def _no_support(self) -> Fault:
        return Fault(
            Kind.PERMANENT,
            "SubscriptionRequiredException",
            "The management account's own support plan does not allow cases by API. Ask AWS for the plan by hand "
            "and skip this step, or switch it off in the baseline.",
        )
