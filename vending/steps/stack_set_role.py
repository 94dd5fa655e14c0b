"""Let CloudFormation deploy into the account: the execution role that self-managed stack sets assume.

Source: AWS CloudFormation, "Grant self-managed permissions". Service-managed stack sets do not need it; then
the baseline switches this step off.
"""

from typing import Any

from django.utils.translation import gettext_noop as _

from vending.aws import iam, organizations
from vending.engine.context import Context
from vending.engine.step import Done, Seen, Step, StepParameters
from vending.steps.account_ready import AccountReady


class StackSetRole(Step):
    name = "stack_set_role"
    title = _("Let stack sets in")
    needs = (AccountReady,)

    class Parameters(StepParameters):
        role_name: str = "AWSCloudFormationStackSetExecutionRole"
        policy_arn: str = "arn:aws:iam::aws:policy/AdministratorAccess"

    def look(self, ctx: Context) -> Seen:
        role_name, policy_arn = ctx.parameters.role_name, ctx.parameters.policy_arn
        role = iam.role(ctx.clients, ctx.account_id, role_name)
        if role is None:
            return Seen(False, f"There is no role {role_name}.")
        if policy_arn not in iam.attached_policies(ctx.clients, ctx.account_id, role_name):
            return Seen(False, f"The role {role_name} lacks the policy {policy_arn}.")
        return Seen(True, f"The role {role_name} is there with {policy_arn}.")

    def act(self, ctx: Context) -> Done:
        role_name = ctx.parameters.role_name
        if iam.role(ctx.clients, ctx.account_id, role_name) is None:
            iam.create_role(ctx.clients, ctx.account_id, role_name, trust=self._trust(ctx))
            return Done(f"Created the role {role_name}.")
        iam.attach_role_policy(ctx.clients, ctx.account_id, role_name, ctx.parameters.policy_arn)
        return Done(f"Attached {ctx.parameters.policy_arn}.")

    def _trust(self, ctx: Context) -> dict[str, Any]:
        management = organizations.organization(ctx.clients).management_account_id
        principal = {"AWS": f"arn:aws:iam::{management}:root"}
        statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        return {"Version": "2012-10-17", "Statement": [statement]}
