"""AWS Account Management: alternate contacts, regions and the name of a member, from the management account.

Needs trusted access for account.amazonaws.com. The API takes few calls (alternate contacts: 5 a second).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from botocore.exceptions import ClientError

from vending.aws.errors import has_code
from vending.aws.session import Clients

if TYPE_CHECKING:
    from mypy_boto3_account import AccountClient
    from mypy_boto3_account.literals import RegionOptStatusType

ContactKind = Literal["BILLING", "OPERATIONS", "SECURITY"]
CONTACT_KINDS: tuple[ContactKind, ...] = ("BILLING", "OPERATIONS", "SECURITY")


@dataclass(frozen=True, slots=True)
class Contact:
    """An alternate contact. AWS: name ≤ 64, title ≤ 50, phone [0-9 ()+-] ≤ 25, e-mail ≤ 254."""

    name: str
    title: str
    email: str
    phone: str


def _client(clients: Clients) -> "AccountClient":
    client: AccountClient = clients.management("account")
    return client


def alternate_contact(clients: Clients, account_id: str, kind: ContactKind) -> Contact | None:
    """GetAlternateContact; None if there is none. Raises AccessDeniedException, TooManyRequestsException."""
    try:
        answer = _client(clients).get_alternate_contact(AccountId=account_id, AlternateContactType=kind)
    except ClientError as exc:
        if has_code(exc, "ResourceNotFoundException"):
            return None
        raise
    found = answer["AlternateContact"]
    return Contact(found["Name"], found["Title"], found["EmailAddress"], found["PhoneNumber"])


def put_alternate_contact(clients: Clients, account_id: str, kind: ContactKind, contact: Contact) -> None:
    """PutAlternateContact: sets or replaces. Raises ValidationException, TooManyRequestsException."""
    _client(clients).put_alternate_contact(
        AccountId=account_id,
        AlternateContactType=kind,
        Name=contact.name,
        Title=contact.title,
        EmailAddress=contact.email,
        PhoneNumber=contact.phone,
    )


def regions(clients: Clients, account_id: str) -> dict[str, "RegionOptStatusType"]:
    """ListRegions: region → ENABLED, ENABLING, DISABLING, DISABLED or ENABLED_BY_DEFAULT."""
    pages = _client(clients).get_paginator("list_regions").paginate(AccountId=account_id)
    return {
        region["RegionName"]: region["RegionOptStatus"]
        for page in pages
        for region in page["Regions"]
        if "RegionName" in region and "RegionOptStatus" in region
    }


def region_status(clients: Clients, account_id: str, region: str) -> "RegionOptStatusType":
    """GetRegionOptStatus of one region. Raises ValidationException if AWS has no such region."""
    return _client(clients).get_region_opt_status(AccountId=account_id, RegionName=region)["RegionOptStatus"]


def enable_region(clients: Clients, account_id: str, region: str) -> None:
    """EnableRegion: begins the opt-in, which takes minutes.

    Raises ConflictException (a change of this region is under way), TooManyRequestsException (about six
    regions at once in an account).
    """
    _client(clients).enable_region(AccountId=account_id, RegionName=region)


def disable_region(clients: Clients, account_id: str, region: str) -> None:
    """DisableRegion: begins the opt-out; errors as for enable_region."""
    _client(clients).disable_region(AccountId=account_id, RegionName=region)


def name(clients: Clients, account_id: str) -> str:
    """GetAccountInformation: the account's name."""
    return _client(clients).get_account_information(AccountId=account_id).get("AccountName", "")


def put_name(clients: Clients, account_id: str, new_name: str) -> None:
    """PutAccountName: 1 to 50 ASCII characters without < and >. Raises ValidationException."""
    _client(clients).put_account_name(AccountId=account_id, AccountName=new_name)


def primary_email(clients: Clients, account_id: str) -> str:
    """GetPrimaryEmail of a member account."""
    return _client(clients).get_primary_email(AccountId=account_id).get("PrimaryEmail", "")


def start_primary_email_update(clients: Clients, account_id: str, email: str) -> None:
    """StartPrimaryEmailUpdate: AWS sends a one-time code to the new address. Raises ConflictException."""
    _client(clients).start_primary_email_update(AccountId=account_id, PrimaryEmail=email)


def accept_primary_email_update(clients: Clients, account_id: str, email: str, code: str) -> None:
    """AcceptPrimaryEmailUpdate with the code a person received. Raises ValidationException if it is wrong."""
    _client(clients).accept_primary_email_update(AccountId=account_id, PrimaryEmail=email, Otp=code)
