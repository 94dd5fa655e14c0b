"""AWS Organizations: the policies attached to an account, an organizational unit or the root."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vending.aws.session import Clients

if TYPE_CHECKING:
    from mypy_boto3_organizations import OrganizationsClient
    from mypy_boto3_organizations.literals import PolicyTypeType
    from mypy_boto3_organizations.type_defs import PolicySummaryTypeDef


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy attached to a target."""

    id: str
    name: str
    type: str
    aws_managed: bool


def _client(clients: Clients) -> "OrganizationsClient":
    client: OrganizationsClient = clients.management("organizations")
    return client


def policies_of(
    clients: Clients, target_id: str, policy_type: "PolicyTypeType" = "SERVICE_CONTROL_POLICY"
) -> list[Policy]:
    """ListPoliciesForTarget: what is attached to the target itself, not what it inherits."""
    pages = _client(clients).get_paginator("list_policies_for_target").paginate(
        TargetId=target_id, Filter=policy_type
    )  # fmt: skip
    return [_policy(found) for page in pages for found in page["Policies"]]


def find_policy(clients: Clients, name: str, policy_type: "PolicyTypeType" = "SERVICE_CONTROL_POLICY") -> Policy | None:
    """ListPolicies: the policy of this name; None if there is none. Names are unique within a type."""
    pages = _client(clients).get_paginator("list_policies").paginate(Filter=policy_type)
    found = (_policy(each) for page in pages for each in page["Policies"])
    return next((policy for policy in found if policy.name == name), None)


def attach_policy(clients: Clients, target_id: str, policy_id: str) -> None:
    """AttachPolicy. Raises DuplicatePolicyAttachmentException, PolicyTypeNotEnabledException,
    ConstraintViolationException (five of a type on one target), PolicyChangesInProgressException."""
    _client(clients).attach_policy(PolicyId=policy_id, TargetId=target_id)


def detach_policy(clients: Clients, target_id: str, policy_id: str) -> None:
    """DetachPolicy. Raises PolicyNotAttachedException, ConstraintViolationException (one must stay)."""
    _client(clients).detach_policy(PolicyId=policy_id, TargetId=target_id)


def _policy(found: "PolicySummaryTypeDef") -> Policy:
    return Policy(id=found["Id"], name=found["Name"], type=found["Type"], aws_managed=found["AwsManaged"])
