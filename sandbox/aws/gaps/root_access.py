"""Central management of the root user: switched on in IAM, used by sts:AssumeRoot with a task policy."""

from datetime import UTC, datetime, timedelta
from typing import Any

from moto.iam.models import iam_backends

from sandbox.aws.protocol import AwsError, Call
from sandbox.aws.world import Handler, World

TASKS = (
    "IAMAuditRootUserCredentials",
    "IAMCreateRootUserPassword",
    "IAMDeleteRootUserCredentials",
    "S3UnlockBucketPolicy",
    "SQSUnlockQueuePolicy",
)
LONGEST = 900
CREATE, DELETE = "IAMCreateRootUserPassword", "IAMDeleteRootUserCredentials"


def _features(world: World) -> list[str]:
    features: list[str] = world.remember("root_access").setdefault("features", [])
    return features


def _told(world: World) -> dict[str, Any]:
    organization = world.organization.org
    return {"OrganizationId": organization.id if organization else "", "EnabledFeatures": _features(world)}


def _enable(world: World, feature: str) -> dict[str, Any]:
    trusted = {each["ServicePrincipal"] for each in world.organization.services}
    if "iam.amazonaws.com" not in trusted:
        text = "Enable trusted access for iam.amazonaws.com in the organization first."
        raise AwsError("ServiceAccessNotEnabledException", text)
    if feature not in _features(world):
        _features(world).append(feature)
    return _told(world)


def enable_credentials_management(world: World, call: Call) -> dict[str, Any]:
    return _enable(world, "RootCredentialsManagement")


def enable_sessions(world: World, call: Call) -> dict[str, Any]:
    return _enable(world, "RootSessions")


def list_features(world: World, call: Call) -> dict[str, Any]:
    return _told(world)


def assume_root(world: World, call: Call) -> dict[str, Any]:
    """Credentials for a member's root user. AccessDenied where sessions are off or the task is unknown."""
    target = call.params["TargetPrincipal"].removeprefix("arn:aws:iam::").removesuffix(":root")
    task = call.params["TaskPolicyArn"]["arn"].rpartition("/")[2]
    members = {account.id for account in world.organization.accounts} - {world.organization.account_id}
    if "RootSessions" not in _features(world) or target not in members or task not in TASKS:
        raise AwsError("AccessDenied", f"Not authorized to perform: sts:AssumeRoot on {target}", 403)
    seconds = int(call.params.get("DurationSeconds", LONGEST))
    if seconds > LONGEST:
        raise AwsError("ValidationError", f"DurationSeconds must be at most {LONGEST}.")
    key = iam_backends[target]["aws"].create_temp_access_key()
    world.remember("root_sessions")[key.access_key_id] = task
    return {
        "Credentials": {
            "AccessKeyId": key.access_key_id,
            "SecretAccessKey": key.secret_access_key,
            "SessionToken": f"root-{key.access_key_id}",
            "Expiration": datetime.now(UTC) + timedelta(seconds=seconds),
        }
    }


def enable_service_access(world: World, call: Call) -> dict[str, Any] | None:
    """moto's list of trusted services lacks IAM."""
    if call.params["ServicePrincipal"] != "iam.amazonaws.com":
        return None
    services = world.organization.services
    if "iam.amazonaws.com" not in {each["ServicePrincipal"] for each in services}:
        services.append({"ServicePrincipal": "iam.amazonaws.com", "DateEnabled": world.timestamp()})
    return {}


HANDLERS: dict[tuple[str, str], Handler] = {
    ("iam", "EnableOrganizationsRootCredentialsManagement"): enable_credentials_management,
    ("iam", "EnableOrganizationsRootSessions"): enable_sessions,
    ("iam", "ListOrganizationsFeatures"): list_features,
    ("sts", "AssumeRoot"): assume_root,
    ("organizations", "EnableAWSServiceAccess"): enable_service_access,
}
