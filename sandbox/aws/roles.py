"""STS: only roles that exist can be assumed, and not at once in a new account."""

import json
from typing import Any

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from sandbox.aws.accounts import usable
from sandbox.aws.credentials import MANAGEMENT
from sandbox.aws.protocol import AwsError, Call
from sandbox.aws.world import Handler, World

KEPT_SESSIONS = 500


def assume_role(world: World, call: Call) -> None:
    """Refuse what AWS would; moto, which would give any role in any account, does the rest."""
    arn = call.params["RoleArn"]
    account_id, _, path = arn.partition("::")[2].partition(":role/")
    name = path.rpartition("/")[2]
    denied = AwsError(
        "AccessDenied",
        f"User: arn:aws:sts::{call.account}:assumed-role/caller is not authorized to perform: "
        f"sts:AssumeRole on resource: {arn}",
        403,
    )
    if not _open(world, account_id) or account_id not in iam_backends:
        raise denied
    roles = iam_backends[account_id]["aws"].roles.values()
    role = next((each for each in roles if each.name == name), None)
    if (
        role is None
        or not usable(world, account_id, early=0.3 * world.settings.unreliable)
        or not _trusted(role, call.params)
    ):
        raise denied
    sessions = sts_backends[account_id]["aws"].assumed_roles
    if len(sessions) > KEPT_SESSIONS:
        del sessions[: KEPT_SESSIONS // 2]


def _open(world: World, account_id: str) -> bool:
    members = {account.id: account.state for account in world.organization.accounts}
    return account_id == MANAGEMENT or members.get(account_id) == "ACTIVE"


def _trusted(role: Any, params: dict[str, Any]) -> bool:
    """Of the trust policy only the external id is looked at: the part that is forgotten most often."""
    policy = role.assume_role_policy_document
    policy = json.loads(policy) if isinstance(policy, str) else policy or {}
    statements = policy.get("Statement", [])
    statements = [statements] if isinstance(statements, dict) else statements
    wanted = [statement.get("Condition", {}).get("StringEquals", {}).get("sts:ExternalId") for statement in statements]
    return not wanted or any(each in (None, params.get("ExternalId")) for each in wanted)


def refuse_if_new(world: World, call: Call) -> None:
    """A new account's services lag behind its first role: IAM comes first, the others later."""
    if call.service in ("cloudformation", "ec2", "s3", "s3control", "config") and not usable(world, call.account):
        raise AwsError("OptInRequired", "The AWS Access Key Id needs a subscription for the service", 403)
    if call.service == "iam" and not usable(world, call.account, early=0.15 * world.settings.unreliable):
        raise AwsError("AccessDenied", "The account is not ready for this request yet.", 403)


HANDLERS: dict[tuple[str, str], Handler] = {("sts", "AssumeRole"): assume_role}
