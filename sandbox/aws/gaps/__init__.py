"""Calls that moto does not know: one small file for each service."""

from sandbox.aws.gaps import (
    account,
    budgets,
    codebuild,
    ec2,
    guardduty,
    root_access,
    root_user,
    service_linked_roles,
    service_quotas,
    ses,
    simulation,
    sso_admin,
)
from sandbox.aws.world import Handler

HANDLERS: dict[tuple[str, str], Handler] = {
    **account.HANDLERS,
    **budgets.HANDLERS,
    **codebuild.HANDLERS,
    **ec2.HANDLERS,
    **guardduty.HANDLERS,
    **root_access.HANDLERS,
    **root_user.HANDLERS,
    **service_linked_roles.HANDLERS,
    **service_quotas.HANDLERS,
    **ses.HANDLERS,
    **simulation.HANDLERS,
    **sso_admin.HANDLERS,
}
