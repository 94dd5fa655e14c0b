"""Central management of root access: members without root credentials (IAM in the management account, STS).

AWS: IAM user guide, "Centrally manage root access for member accounts". Needs trusted access of
iam.amazonaws.com to the organization.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from vending.aws.errors import has_code
from vending.aws.session import SESSION_SECONDS, Clients, Credentials

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_sts import STSClient

CREDENTIALS = "RootCredentialsManagement"
SESSIONS = "RootSessions"
AUDIT = "IAMAuditRootUserCredentials"
DELETE = "IAMDeleteRootUserCredentials"


@dataclass(frozen=True, slots=True)
class RootCredentials:
    """What a member's root user can still sign in with; all empty is as it should be."""

    password: bool
    access_keys: tuple[str, ...]
    mfa_devices: tuple[str, ...]
    certificates: tuple[str, ...]

    @property
    def none(self) -> bool:
        return not (self.password or self.access_keys or self.mfa_devices or self.certificates)


def enabled_features(clients: Clients) -> set[str]:
    """ListOrganizationsFeatures: CREDENTIALS, SESSIONS or both, if they are enabled for the organization.

    Raises ServiceAccessNotEnabledException, AccountNotManagementOrDelegatedAdministratorException.
    """
    client: IAMClient = clients.management("iam")
    return set(client.list_organizations_features().get("EnabledFeatures", []))


def enable_credentials_management(clients: Clients) -> None:
    """EnableOrganizationsRootCredentialsManagement; errors as for enabled_features."""
    client: IAMClient = clients.management("iam")
    client.enable_organizations_root_credentials_management()


def enable_sessions(clients: Clients) -> None:
    """EnableOrganizationsRootSessions; errors as for enabled_features."""
    client: IAMClient = clients.management("iam")
    client.enable_organizations_root_sessions()


def assume_root(clients: Clients, account_id: str, task: str) -> Credentials:
    """AssumeRoot with a task policy of AWS (AUDIT, DELETE): 15 minutes, on regional endpoints only."""
    client: STSClient = clients.management("sts", clients.region)
    answer = client.assume_root(
        TargetPrincipal=account_id,
        TaskPolicyArn={"arn": f"arn:{clients.partition}:iam::aws:policy/root-task/{task}"},
        DurationSeconds=SESSION_SECONDS,
    )
    found: Any = answer["Credentials"]
    return Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"], found["Expiration"])


def root_credentials(clients: Clients, account_id: str) -> RootCredentials:
    """GetLoginProfile, ListAccessKeys, ListMFADevices, ListSigningCertificates as the root user (AUDIT)."""
    client = _as_root(clients, account_id, AUDIT)
    return RootCredentials(
        password=_has_password(client),
        access_keys=tuple(each["AccessKeyId"] for each in client.list_access_keys()["AccessKeyMetadata"]),
        mfa_devices=tuple(each["SerialNumber"] for each in client.list_mfa_devices()["MFADevices"]),
        certificates=tuple(each["CertificateId"] for each in client.list_signing_certificates()["Certificates"]),
    )


def delete_password(clients: Clients, account_id: str) -> None:
    """DeleteLoginProfile as the member's root (DELETE). Raises NoSuchEntity if there is none."""
    _as_root(clients, account_id, DELETE).delete_login_profile()


def delete_access_key(clients: Clients, account_id: str, key_id: str) -> None:
    """DeleteAccessKey as the member's root (DELETE). Raises NoSuchEntity."""
    _as_root(clients, account_id, DELETE).delete_access_key(AccessKeyId=key_id)


def deactivate_mfa_device(clients: Clients, account_id: str, serial_number: str) -> None:
    """DeactivateMFADevice as the member's root (DELETE). Raises NoSuchEntity."""
    _as_root(clients, account_id, DELETE).deactivate_mfa_device(SerialNumber=serial_number)


def delete_certificate(clients: Clients, account_id: str, certificate_id: str) -> None:
    """DeleteSigningCertificate as the member's root (DELETE). Raises NoSuchEntity."""
    _as_root(clients, account_id, DELETE).delete_signing_certificate(CertificateId=certificate_id)


def _as_root(clients: Clients, account_id: str, task: str) -> Any:
    # Untyped: the stubs demand user names, which root's own calls must leave out.
    return clients.with_credentials(assume_root(clients, account_id, task), account_id, "iam")


def _has_password(client: Any) -> bool:
    try:
        client.get_login_profile()
    except ClientError as exc:
        if has_code(exc, "NoSuchEntity"):
            return False
        raise
    return True
