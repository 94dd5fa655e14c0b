"""What must never happen, asked for by a session of the role."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.session import get_session

from sandbox.aws.permissions import allowed
from tests.deploy.templates import MANAGEMENT, ROLE, actions_in, client, statements
from vending.aws.session import clients_from_settings

pytestmark = pytest.mark.django_db

# service, operation, parameters with the ids of a real member, unit …
REFUSED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("organizations", "leave_organization", {}),
    ("organizations", "delete_organization", {}),
    ("organizations", "close_account", {"AccountId": "{member}"}),
    ("organizations", "remove_account_from_organization", {"AccountId": "{member}"}),
    ("organizations", "untag_resource", {"ResourceId": "{member}", "TagKeys": ["CostCenter"]}),
    ("organizations", "tag_resource", {"ResourceId": "{unit}", "Tags": []}),
    ("organizations", "tag_resource", {"ResourceId": "{management}", "Tags": []}),
    ("organizations", "attach_policy", {"PolicyId": "{policy}", "TargetId": "{unit}"}),
    ("organizations", "attach_policy", {"PolicyId": "{policy}", "TargetId": "{root}"}),
    ("organizations", "attach_policy", {"PolicyId": "{policy}", "TargetId": "{management}"}),
    ("organizations", "detach_policy", {"PolicyId": "{policy}", "TargetId": "{member}"}),
    ("organizations", "detach_policy", {"PolicyId": "{quarantine}", "TargetId": "{unit}"}),
    ("organizations", "detach_policy", {"PolicyId": "p-FullAWSAccess", "TargetId": "{member}"}),
    ("organizations", "delete_policy", {"PolicyId": "{policy}"}),
    ("organizations", "update_policy", {"PolicyId": "{policy}", "Name": "weaker"}),
    ("organizations", "list_policies", {"Filter": "TAG_POLICY"}),
    ("organizations", "disable_aws_service_access", {"ServicePrincipal": "account.amazonaws.com"}),
    ("organizations", "create_organizational_unit", {"ParentId": "{root}", "Name": "Mine"}),
    ("account", "put_alternate_contact", {  # without AccountId: the management account's own
        "AlternateContactType": "SECURITY", "Name": "Eve", "Title": "-", "EmailAddress": "eve@example.org",
        "PhoneNumber": "1"}),
    ("account", "start_primary_email_update", {"AccountId": "{member}", "PrimaryEmail": "eve@example.org"}),
    ("cloudformation", "delete_stack_instances", {
        "StackSetName": "account-baseline", "Accounts": ["1"], "Regions": ["eu-central-1"], "RetainStacks": False}),
    ("cloudformation", "update_stack_set", {"StackSetName": "account-baseline", "TemplateBody": "{{}}"}),
    ("cloudformation", "create_stack", {"StackName": "mine", "TemplateBody": "{{}}"}),
    ("ssm", "get_parameter", {"Name": "/payroll/password"}),
    ("ssm", "put_parameter", {"Name": "/account-vending/organizational-units", "Value": "{{}}", "Overwrite": True}),
    ("iam", "put_role_policy", {"RoleName": "{role}", "PolicyName": "more", "PolicyDocument": "{{}}"}),
    ("iam", "delete_role_policy", {"RoleName": "{role}", "PolicyName": "never"}),
    ("iam", "attach_role_policy", {"RoleName": "{role}", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
    ("iam", "update_assume_role_policy", {"RoleName": "{role}", "PolicyDocument": "{{}}"}),
    ("iam", "create_user", {"UserName": "eve"}),
    ("iam", "create_access_key", {"UserName": "eve"}),
    ("iam", "enable_organizations_root_sessions", {}),
    ("sts", "assume_role", {"RoleArn": "{other_role}", "RoleSessionName": "tests"}),
    ("sts", "assume_role", {"RoleArn": "{foreign_role}", "RoleSessionName": "tests"}),
    ("sts", "assume_role", {"RoleArn": "{stack_set_role}", "RoleSessionName": "tests"}),
    ("sts", "assume_root", {
        "TargetPrincipal": "{member}",
        "TaskPolicyArn": {"arn": "arn:aws:iam::aws:policy/root-task/IAMCreateRootUserPassword"}}),
    ("sso-admin", "create_account_assignment", {
        "InstanceArn": "{identity_center}", "TargetId": "{management}", "TargetType": "AWS_ACCOUNT",
        "PermissionSetArn": "{identity_center}/ps-1234567890123456", "PrincipalType": "GROUP",
        "PrincipalId": "11111111-2222-3333-4444-555555555555"}),
    ("sso-admin", "create_permission_set", {"InstanceArn": "{identity_center}", "Name": "Mine"}),
    ("codebuild", "start_build", {"projectName": "payroll"}),
    ("s3", "list_buckets", {}),
)  # fmt: skip
# Not only left out but denied, so that no permission given later opens them.
NEVER = (
    "organizations:CloseAccount", "organizations:DeleteOrganization", "organizations:LeaveOrganization",
    "organizations:RemoveAccountFromOrganization", "organizations:UpdatePolicy", "organizations:DeletePolicy",
    "organizations:RegisterDelegatedAdministrator", "organizations:DisablePolicyType",
    "cloudformation:UpdateStackSet", "cloudformation:DeleteStackInstances", "ssm:PutParameter",
)  # fmt: skip
IAM_READS = ("Get", "List", "Generate", "Simulate")
IAM_CHANGES = [
    each for each in get_session().get_service_model("iam").operation_names if not each.startswith(IAM_READS)
]
DENIED = sorted({*NEVER, *(each for each in actions_in("management-role", "Deny") if "*" not in each)})


@pytest.fixture
def ids(portal) -> dict[str, str]:
    organizations = client("organizations")
    accounts = {each["Name"]: each["Id"] for each in organizations.list_accounts()["Accounts"]}
    policies = organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    named = {each["Name"]: each["Id"] for each in policies}
    root = organizations.list_roots()["Roots"][0]["Id"]
    units = organizations.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"]
    return {
        "member": accounts["log-archive"],
        "management": MANAGEMENT,
        "root": root,
        "unit": units[0]["Id"],
        "policy": named["deny-leaving-organization"],
        "quarantine": named["quarantine"],
        "role": ROLE,
        "other_role": f"arn:aws:iam::{MANAGEMENT}:role/AWSCloudFormationStackSetAdministrationRole",
        "foreign_role": "arn:aws:iam::999999999999:role/OrganizationAccountAccessRole",
        "stack_set_role": f"arn:aws:iam::{accounts['log-archive']}:role/AWSCloudFormationStackSetExecutionRole",
        "identity_center": client("sso-admin").list_instances()["Instances"][0]["InstanceArn"],
    }


@pytest.mark.parametrize(("service", "operation", "parameters"), REFUSED)
def test_it_is_refused(portal, ids, service, operation, parameters):
    filled = {key: value.format_map(ids) if isinstance(value, str) else value for key, value in parameters.items()}
    with pytest.raises(ClientError, match=f"assumed-role/{ROLE}/.+ is not authorized to perform"):
        getattr(clients_from_settings().management(service), operation)(**filled)


@pytest.mark.parametrize("action", DENIED)
def test_a_denial_holds_against_whatever_is_allowed_later(portal, action):
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    denials = [each for each in statements() if each["Effect"] == "Deny"]
    resources = {resource for each in denials for resource in _named(each)} | {"*"}
    assert not all(allowed([everything, *denials], action, resource, {}) for resource in resources)


def test_no_change_of_iam_in_the_management_account_can_be_allowed_later(portal):
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    denials = [each for each in statements() if each["Effect"] == "Deny"]
    assert [each for each in IAM_CHANGES if allowed([everything, *denials], f"iam:{each}", "*", {})] == []


@pytest.mark.parametrize("external_id", ["", "another-external-id"])
def test_the_role_is_not_assumed_without_its_external_id(portal, external_id):
    request = {"ExternalId": external_id} if external_id else {}
    arn = f"arn:aws:iam::{MANAGEMENT}:role/{ROLE}"
    with pytest.raises(ClientError, match="AccessDenied"):
        client("sts").assume_role(RoleArn=arn, RoleSessionName="tests", **request)


def _named(statement: dict[str, Any]) -> list[str]:
    resource = statement["Resource"]
    return resource if isinstance(resource, list) else [resource]
