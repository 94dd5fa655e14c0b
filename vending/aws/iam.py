"""AWS IAM inside a member account: alias, password policy, SAML provider, roles and their policies."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from vending.aws.errors import has_code
from vending.aws.session import Clients

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SamlProvider:
    """A SAML identity provider of the account."""

    arn: str
    metadata: str
    valid_until: datetime | None


@dataclass(frozen=True, slots=True)
class Role:
    """A role with what governs it."""

    name: str
    arn: str
    trust: Document
    max_session_seconds: int
    boundary_arn: str
    tags: Mapping[str, str]


def _client(clients: Clients, account_id: str) -> "IAMClient":
    client: IAMClient = clients.member(account_id, "iam")
    return client


# Account


def account_alias(clients: Clients, account_id: str) -> str | None:
    """ListAccountAliases: an account has one or none."""
    return next(iter(_client(clients, account_id).list_account_aliases()["AccountAliases"]), None)


def create_account_alias(clients: Clients, account_id: str, alias: str) -> None:
    """CreateAccountAlias: replaces the former one. Raises EntityAlreadyExists if any account has it."""
    _client(clients, account_id).create_account_alias(AccountAlias=alias)


def password_policy(clients: Clients, account_id: str) -> dict[str, Any] | None:
    """GetAccountPasswordPolicy, by IAM's own names; None if the account has AWS's default."""
    try:
        return dict(_client(clients, account_id).get_account_password_policy()["PasswordPolicy"])
    except ClientError as exc:
        if has_code(exc, "NoSuchEntity"):
            return None
        raise


def put_password_policy(clients: Clients, account_id: str, policy: Mapping[str, Any]) -> None:
    """UpdateAccountPasswordPolicy, by IAM's own names. What is left out goes back to AWS's default."""
    _client(clients, account_id).update_account_password_policy(**policy)


# SAML provider


def saml_provider_arn(account_id: str, name: str, partition: str = "aws") -> str:
    """The ARN that a SAML provider of this name has in this account."""
    return f"arn:{partition}:iam::{account_id}:saml-provider/{name}"


def saml_provider(clients: Clients, account_id: str, name: str) -> SamlProvider | None:
    """GetSAMLProvider; None if there is none of this name."""
    arn = saml_provider_arn(account_id, name, clients.partition)
    try:
        found = _client(clients, account_id).get_saml_provider(SAMLProviderArn=arn)
    except ClientError as exc:
        if has_code(exc, "NoSuchEntity"):
            return None
        raise
    return SamlProvider(arn, found.get("SAMLMetadataDocument", ""), found.get("ValidUntil"))


def same_metadata(one: str, other: str) -> bool:
    """Whether two SAML metadata documents are the same but for space around their lines."""
    return [line.strip() for line in one.split("\n") if line.strip()] == [
        line.strip() for line in other.split("\n") if line.strip()
    ]


def create_saml_provider(clients: Clients, account_id: str, name: str, metadata: str) -> str:
    """CreateSAMLProvider from the identity provider's metadata (1,000 to 10,000,000 characters); its ARN.

    Raises EntityAlreadyExists, InvalidInput.
    """
    answer = _client(clients, account_id).create_saml_provider(Name=name, SAMLMetadataDocument=metadata)
    return answer["SAMLProviderArn"]


def update_saml_provider(clients: Clients, account_id: str, name: str, metadata: str) -> None:
    """UpdateSAMLProvider: new metadata. Raises NoSuchEntity, InvalidInput, ConcurrentModification."""
    arn = saml_provider_arn(account_id, name, clients.partition)
    _client(clients, account_id).update_saml_provider(SAMLProviderArn=arn, SAMLMetadataDocument=metadata)


# Roles


def role(clients: Clients, account_id: str, name: str) -> Role | None:
    """GetRole; None if there is none of this name."""
    try:
        found: Any = _client(clients, account_id).get_role(RoleName=name)["Role"]
    except ClientError as exc:
        if has_code(exc, "NoSuchEntity"):
            return None
        raise
    return Role(
        name=found["RoleName"],
        arn=found["Arn"],
        trust=found.get("AssumeRolePolicyDocument", {}),
        max_session_seconds=found.get("MaxSessionDuration", 3600),
        boundary_arn=found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
        tags={tag["Key"]: tag["Value"] for tag in found.get("Tags", ())},
    )


def create_role(
    clients: Clients,
    account_id: str,
    name: str,
    *,
    trust: Document,
    boundary_arn: str = "",
    max_session_seconds: int = 3600,
    description: str = "",
    tags: Mapping[str, str] | None = None,
) -> str:
    """CreateRole, with its boundary from the first moment on; the role's ARN.

    Raises EntityAlreadyExists, MalformedPolicyDocument (also while a principal is not known everywhere).
    """
    boundary: Any = {"PermissionsBoundary": boundary_arn} if boundary_arn else {}
    answer = _client(clients, account_id).create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps(trust),
        MaxSessionDuration=max_session_seconds,
        Description=description,
        Tags=[{"Key": key, "Value": value} for key, value in (tags or {}).items()],
        **boundary,
    )
    return answer["Role"]["Arn"]


def put_trust(clients: Clients, account_id: str, name: str, trust: Document) -> None:
    """UpdateAssumeRolePolicy: replaces the trust policy. Raises NoSuchEntity, MalformedPolicyDocument."""
    _client(clients, account_id).update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust))


def put_boundary(clients: Clients, account_id: str, name: str, boundary_arn: str) -> None:
    """PutRolePermissionsBoundary: sets or replaces. Raises NoSuchEntity."""
    _client(clients, account_id).put_role_permissions_boundary(RoleName=name, PermissionsBoundary=boundary_arn)


def put_max_session(clients: Clients, account_id: str, name: str, seconds: int) -> None:
    """UpdateRole: the longest session, 3600 to 43200 seconds. Raises NoSuchEntity."""
    _client(clients, account_id).update_role(RoleName=name, MaxSessionDuration=seconds)


def attached_policies(clients: Clients, account_id: str, name: str) -> set[str]:
    """ListAttachedRolePolicies: the ARNs of the managed policies of a role. Raises NoSuchEntity."""
    pages = _client(clients, account_id).get_paginator("list_attached_role_policies").paginate(RoleName=name)
    return {each["PolicyArn"] for page in pages for each in page["AttachedPolicies"] if "PolicyArn" in each}


def attach_role_policy(clients: Clients, account_id: str, name: str, policy_arn: str) -> None:
    """AttachRolePolicy: attached already is no error. Raises NoSuchEntity, LimitExceeded."""
    _client(clients, account_id).attach_role_policy(RoleName=name, PolicyArn=policy_arn)


def detach_role_policy(clients: Clients, account_id: str, name: str, policy_arn: str) -> None:
    """DetachRolePolicy. Raises NoSuchEntity if it is not attached."""
    _client(clients, account_id).detach_role_policy(RoleName=name, PolicyArn=policy_arn)


def inline_policy(clients: Clients, account_id: str, role_name: str, name: str) -> Document | None:
    """GetRolePolicy; None if the role has no inline policy of this name."""
    try:
        found: Any = _client(clients, account_id).get_role_policy(RoleName=role_name, PolicyName=name)
    except ClientError as exc:
        if has_code(exc, "NoSuchEntity"):
            return None
        raise
    document: Document = found["PolicyDocument"]
    return document


def put_inline_policy(clients: Clients, account_id: str, role_name: str, name: str, document: Document) -> None:
    """PutRolePolicy: sets or replaces an inline policy. Raises NoSuchEntity, MalformedPolicyDocument."""
    _client(clients, account_id).put_role_policy(
        RoleName=role_name, PolicyName=name, PolicyDocument=json.dumps(document)
    )


def policy_document(clients: Clients, account_id: str, arn: str) -> Document | None:
    """GetPolicy and GetPolicyVersion: the default version of a managed policy; None if there is none."""
    client = _client(clients, account_id)
    try:
        version = client.get_policy(PolicyArn=arn)["Policy"].get("DefaultVersionId", "v1")
    except ClientError as exc:
        if has_code(exc, "NoSuchEntity"):
            return None
        raise
    found: Any = client.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
    document: Document = found["Document"]
    return document


def create_policy(clients: Clients, account_id: str, name: str, document: Document) -> str:
    """CreatePolicy, customer-managed, as a permissions boundary is; its ARN. Raises EntityAlreadyExists."""
    answer = _client(clients, account_id).create_policy(PolicyName=name, PolicyDocument=json.dumps(document))
    return answer["Policy"].get("Arn", "")


def add_policy_version(clients: Clients, account_id: str, arn: str, document: Document) -> None:
    """CreatePolicyVersion as the default one. Raises LimitExceeded: five versions at most."""
    _client(clients, account_id).create_policy_version(
        PolicyArn=arn, PolicyDocument=json.dumps(document), SetAsDefault=True
    )


def tag_role(clients: Clients, account_id: str, name: str, tags: Mapping[str, str]) -> None:
    """TagRole: sets these tags and leaves others alone. Raises NoSuchEntity."""
    pairs: Any = [{"Key": key, "Value": value} for key, value in tags.items()]
    _client(clients, account_id).tag_role(RoleName=name, Tags=pairs)


def create_service_linked_role(clients: Clients, account_id: str, service: str) -> None:
    """CreateServiceLinkedRole (config.amazonaws.com). Raises InvalidInput if it is there already."""
    _client(clients, account_id).create_service_linked_role(AWSServiceName=service)


def list_users(clients: Clients, account_id: str) -> list[str]:
    """ListUsers: the names of the IAM users; a governed account should have none."""
    pages: Iterable[Any] = _client(clients, account_id).get_paginator("list_users").paginate()
    return [user["UserName"] for page in pages for user in page["Users"]]
