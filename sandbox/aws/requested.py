"""What a call asks for in IAM's eyes: the resources it touches, and the condition keys it carries.

Source: AWS, Service Authorization Reference. Only calls of an account vending tool are told here; any other one
concerns "*", so that a policy with scoped resources does not allow it.
"""

from collections.abc import Callable

from sandbox.aws.credentials import MANAGEMENT
from sandbox.aws.protocol import Call
from sandbox.aws.world import World

Resources = Callable[[World, Call], list[str]]


def resources_of(world: World, call: Call) -> list[str]:
    """The ARNs that must all be allowed."""
    find = RESOURCES.get((call.service, call.operation))
    return find(world, call) if find else ["*"]


def conditions_of(world: World, call: Call) -> dict[str, str]:
    """The condition keys of the request, as far as they are imitated."""
    find = CONDITIONS.get((call.service, call.operation))
    return {key: value for key, value in find(world, call).items() if value} if find else {}


def _organizations(*members: str) -> Resources:
    """By the ids in these members of the request; what kind of thing an id means, its form tells."""
    return lambda world, call: [_organization_arn(world, str(call.params[member])) for member in members]


def _organization_arn(world: World, identifier: str) -> str:
    start = f"arn:aws:organizations::{MANAGEMENT}"
    organization = _organization_id(world)
    if identifier.startswith("p-"):
        if identifier == "p-FullAWSAccess":
            return "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"
        return f"{start}:policy/{organization}/{_policy_type(world, identifier).lower()}/{identifier}"
    kind = {"ou": "ou", "r": "root"}.get(identifier.partition("-")[0], "account")
    return f"{start}:{kind}/{organization}/{identifier}"


def _organization_id(world: World) -> str:
    return str(world.organization.org.id) if world.organization.org else ""


def _policy_type(world: World, policy_id: str) -> str:
    return next((str(each.type) for each in world.organization.policies if each.id == policy_id), "")


def _member_account(world: World, call: Call) -> list[str]:
    account = call.params.get("AccountId")
    if not account:
        return [f"arn:aws:account::{call.account}:account"]
    return [f"arn:aws:account::{MANAGEMENT}:account/{_organization_id(world)}/{account}"]


def _stack_set(world: World, call: Call) -> list[str]:
    name = call.params["StackSetName"]
    return [f"arn:aws:cloudformation:{call.region}:{call.account}:stackset/{name}:1"]


def _instances(world: World, call: Call) -> list[str]:
    name = call.params["StackSetName"]
    return [*_stack_set(world, call), f"arn:aws:cloudformation:{call.region}:{call.account}:stackset-target/{name}"]


def _parameter(world: World, call: Call) -> list[str]:
    return [f"arn:aws:ssm:{call.region}:{call.account}:parameter{call.params['Name']}"]


def _quota(world: World, call: Call) -> list[str]:
    quota = f"{call.params['ServiceCode']}/{call.params['QuotaCode']}"
    return [f"arn:aws:servicequotas:{call.region}:{call.account}:{quota}"]


def _mail_identity(world: World, call: Call) -> list[str]:
    sender = call.params.get("EmailIdentity") or call.params["FromEmailAddress"]
    domain = sender.rpartition("@")[2].rstrip(">")
    return [f"arn:aws:ses:{call.region}:{call.account}:identity/{domain}"]


def _target_of_role(world: World, call: Call) -> dict[str, str]:
    account = call.params["RoleArn"].split(":")[4]
    members = {MANAGEMENT, *(each.id for each in world.organization.accounts)}
    return {"aws:ResourceOrgID": _organization_id(world) if account in members else ""}


def _root_user(world: World, call: Call) -> list[str]:
    target = call.params["TargetPrincipal"]
    return [target if target.startswith("arn:") else f"arn:aws:iam::{target}:root"]


def _assignment(world: World, call: Call) -> list[str]:
    """Identity Center: the instance, and the permission set and the account where the request names them."""
    account = call.params.get("TargetId") or call.params.get("AccountId")
    permission_set = str(call.params.get("PermissionSetArn", ""))
    instance, _, name = permission_set.rpartition("/")  # moto's begins like the instance's, AWS's does not
    named = [f"arn:aws:sso:::permissionSet/{instance.rpartition('/')[2]}/{name}"] if permission_set else []
    return [str(call.params["InstanceArn"]), *named, *([f"arn:aws:sso:::account/{account}"] if account else [])]


def _group(world: World, call: Call) -> list[str]:
    store = f"arn:aws:identitystore::{call.account}:identitystore/{call.params['IdentityStoreId']}"
    return [store, "arn:aws:identitystore:::group/unknown"]


def _builds(world: World, call: Call) -> list[str]:
    """CodeBuild: every project the request names; a build's id begins with its project's name."""
    builds = [each.partition(":")[0] for each in call.params.get("ids", [])]
    project = call.params.get("projectName")
    names = {*builds, *call.params.get("names", []), *([project] if project else [])}
    return [f"arn:aws:codebuild:{call.region}:{call.account}:project/{name}" for name in sorted(names)]


RESOURCES: dict[tuple[str, str], Resources] = {
    ("organizations", "AttachPolicy"): _organizations("PolicyId", "TargetId"),
    ("organizations", "CloseAccount"): _organizations("AccountId"),
    ("organizations", "DescribeAccount"): _organizations("AccountId"),
    ("organizations", "DescribeOrganizationalUnit"): _organizations("OrganizationalUnitId"),
    ("organizations", "DetachPolicy"): _organizations("PolicyId", "TargetId"),
    ("organizations", "ListParents"): _organizations("ChildId"),
    ("organizations", "ListPoliciesForTarget"): _organizations("TargetId"),
    ("organizations", "ListTagsForResource"): _organizations("ResourceId"),
    ("organizations", "MoveAccount"): _organizations("AccountId", "SourceParentId", "DestinationParentId"),
    ("organizations", "RemoveAccountFromOrganization"): _organizations("AccountId"),
    ("organizations", "TagResource"): _organizations("ResourceId"),
    ("organizations", "UntagResource"): _organizations("ResourceId"),
    ("account", "EnableRegion"): _member_account,
    ("account", "GetAlternateContact"): _member_account,
    ("account", "ListRegions"): _member_account,
    ("account", "PutAlternateContact"): _member_account,
    ("cloudformation", "CreateStackInstances"): _instances,
    ("cloudformation", "DescribeStackSet"): _stack_set,
    ("cloudformation", "DescribeStackSetOperation"): _stack_set,
    ("cloudformation", "ListStackInstances"): _stack_set,
    ("cloudformation", "ListStackSetOperationResults"): _stack_set,
    ("cloudformation", "UpdateStackInstances"): _instances,
    ("codebuild", "BatchGetBuilds"): _builds,
    ("codebuild", "BatchGetProjects"): _builds,
    ("codebuild", "ListBuildsForProject"): _builds,
    ("codebuild", "StartBuild"): _builds,
    ("identitystore", "GetGroupId"): _group,
    ("sso-admin", "CreateAccountAssignment"): _assignment,
    ("sso-admin", "DescribeAccountAssignmentCreationStatus"): _assignment,
    ("sso-admin", "DescribePermissionSet"): _assignment,
    ("sso-admin", "ListAccountAssignments"): _assignment,
    ("sso-admin", "ListPermissionSets"): _assignment,
    ("iam", "SimulatePrincipalPolicy"): lambda world, call: [str(call.params["PolicySourceArn"])],
    ("ssm", "GetParameter"): _parameter,
    ("service-quotas", "GetServiceQuota"): _quota,
    ("ses", "SendEmail"): _mail_identity,
    ("sesv2", "SendEmail"): _mail_identity,
    ("sesv2", "GetEmailIdentity"): _mail_identity,
    ("sts", "AssumeRole"): lambda world, call: [str(call.params["RoleArn"])],
    ("sts", "AssumeRoot"): _root_user,
}
CONDITIONS: dict[tuple[str, str], Callable[[World, Call], dict[str, str]]] = {
    ("organizations", "AttachPolicy"): lambda world, call: {
        "organizations:PolicyType": _policy_type(world, call.params["PolicyId"])
    },
    ("organizations", "DetachPolicy"): lambda world, call: {
        "organizations:PolicyType": _policy_type(world, call.params["PolicyId"])
    },
    ("organizations", "ListPolicies"): lambda world, call: {"organizations:PolicyType": call.params["Filter"]},
    ("organizations", "ListPoliciesForTarget"): lambda world, call: {"organizations:PolicyType": call.params["Filter"]},
    ("sesv2", "SendEmail"): lambda world, call: {"ses:FromAddress": call.params["FromEmailAddress"]},
    ("sts", "AssumeRole"): _target_of_role,
    ("sts", "AssumeRoot"): lambda world, call: {"sts:TaskPolicyArn": call.params["TaskPolicyArn"]["arn"]},
}
