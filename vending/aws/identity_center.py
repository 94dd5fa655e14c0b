"""IAM Identity Center: permission sets, groups, and who may enter which account (sso-admin, identitystore).

Its clients are untyped: no stubs for these services are installed.
"""

from dataclasses import dataclass
from typing import Any, Literal

from botocore.exceptions import ClientError

from vending.aws.errors import has_code
from vending.aws.session import Clients


@dataclass(frozen=True, slots=True)
class Instance:
    """The organization's Identity Center."""

    arn: str
    identity_store_id: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """A principal that has a permission set in an account."""

    permission_set_arn: str
    principal_id: str
    principal_type: Literal["GROUP", "USER"] = "GROUP"


@dataclass(frozen=True, slots=True)
class AssignmentStatus:
    """How far the making of an assignment is."""

    state: str  # IN_PROGRESS, SUCCEEDED, FAILED
    reason: str = ""

    @property
    def open(self) -> bool:
        return self.state == "IN_PROGRESS"


def _client(clients: Clients, region: str | None) -> Any:
    return clients.management("sso-admin", region)


def instance(clients: Clients, region: str | None = None) -> Instance | None:
    """ListInstances; None if Identity Center is not enabled in this region (it lives in one only)."""
    found = _client(clients, region).list_instances()["Instances"]
    return Instance(found[0]["InstanceArn"], found[0]["IdentityStoreId"]) if found else None


def permission_sets(clients: Clients, where: Instance, region: str | None = None) -> dict[str, str]:
    """ListPermissionSets and DescribePermissionSet: name → ARN. One call for each: keep the answer."""
    client = _client(clients, region)
    pages = client.get_paginator("list_permission_sets").paginate(InstanceArn=where.arn)
    arns = [arn for page in pages for arn in page["PermissionSets"]]
    described = (
        client.describe_permission_set(InstanceArn=where.arn, PermissionSetArn=arn)["PermissionSet"] for arn in arns
    )
    return {found["Name"]: found["PermissionSetArn"] for found in described}


def group_id(clients: Clients, where: Instance, name: str, region: str | None = None) -> str | None:
    """GetGroupId by display name; None if there is no such group."""
    client = clients.management("identitystore", region)
    try:
        answer = client.get_group_id(
            IdentityStoreId=where.identity_store_id,
            AlternateIdentifier={"UniqueAttribute": {"AttributePath": "displayName", "AttributeValue": name}},
        )
    except ClientError as exc:
        if has_code(exc, "ResourceNotFoundException"):
            return None
        raise
    return str(answer["GroupId"])


def create_group(clients: Clients, where: Instance, name: str, description: str, region: str | None = None) -> str:
    """CreateGroup; its id. Raises ConflictException if the name is taken. Not where SCIM owns the groups."""
    client = clients.management("identitystore", region)
    answer = client.create_group(IdentityStoreId=where.identity_store_id, DisplayName=name, Description=description)
    return str(answer["GroupId"])


def assignments(
    clients: Clients, where: Instance, account_id: str, permission_set_arn: str, region: str | None = None
) -> set[Assignment]:
    """ListAccountAssignments of one permission set in one account."""
    pages = (
        _client(clients, region)
        .get_paginator("list_account_assignments")
        .paginate(InstanceArn=where.arn, AccountId=account_id, PermissionSetArn=permission_set_arn)
    )
    return {
        Assignment(each["PermissionSetArn"], each["PrincipalId"], each["PrincipalType"])
        for page in pages
        for each in page["AccountAssignments"]
    }


def create_assignment(
    clients: Clients, where: Instance, account_id: str, wanted: Assignment, region: str | None = None
) -> str:
    """CreateAccountAssignment: begins; the request id for assignment_status. There already is no error.

    Raises ConflictException (another assignment is under way), ResourceNotFoundException.
    """
    answer = _client(clients, region).create_account_assignment(**_target(where, account_id, wanted))
    return str(answer["AccountAssignmentCreationStatus"]["RequestId"])


def assignment_status(
    clients: Clients, where: Instance, request_id: str, region: str | None = None
) -> AssignmentStatus | None:
    """DescribeAccountAssignmentCreationStatus; None if Identity Center does not know the request any more."""
    try:
        answer = _client(clients, region).describe_account_assignment_creation_status(
            InstanceArn=where.arn, AccountAssignmentCreationRequestId=request_id
        )
    except ClientError as exc:
        if has_code(exc, "ResourceNotFoundException"):
            return None
        raise
    found = answer["AccountAssignmentCreationStatus"]
    return AssignmentStatus(found.get("Status", "SUCCEEDED"), found.get("FailureReason", ""))


def delete_assignment(
    clients: Clients, where: Instance, account_id: str, wanted: Assignment, region: str | None = None
) -> None:
    """DeleteAccountAssignment: begins. Raises ConflictException, ResourceNotFoundException."""
    _client(clients, region).delete_account_assignment(**_target(where, account_id, wanted))


def _target(where: Instance, account_id: str, wanted: Assignment) -> dict[str, str]:
    return {
        "InstanceArn": where.arn,
        "TargetId": account_id,
        "TargetType": "AWS_ACCOUNT",
        "PermissionSetArn": wanted.permission_set_arn,
        "PrincipalType": wanted.principal_type,
        "PrincipalId": wanted.principal_id,
    }
