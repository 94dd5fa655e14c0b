"""AWS Security Hub inside a member account, in each region by itself. Untyped: no stubs are installed."""

from typing import Any

from botocore.exceptions import ClientError

from vending.aws.errors import Fault, Kind, has_code
from vending.aws.session import Clients


def _client(clients: Clients, account_id: str, region: str) -> Any:
    return clients.member(account_id, "securityhub", region)


def enabled(clients: Clients, account_id: str, region: str) -> bool:
    """DescribeHub: whether Security Hub is on in the region."""
    try:
        _client(clients, account_id, region).describe_hub()
    except ClientError as exc:
        # AWS says InvalidAccess ("not subscribed") where the hub was never enabled.
        if has_code(exc, "InvalidAccessException", "ResourceNotFoundException"):
            return False
        raise
    return True


def enable(clients: Clients, account_id: str, region: str, *, default_standards: bool = True) -> None:
    """EnableSecurityHub. Raises ResourceConflictException if it is on already."""
    _client(clients, account_id, region).enable_security_hub(EnableDefaultStandards=default_standards)


def standards(clients: Clients, account_id: str, region: str) -> set[str]:
    """GetEnabledStandards: the ARNs of the standards in use. Raises InvalidAccessException if it is off."""
    pages = _client(clients, account_id, region).get_paginator("get_enabled_standards").paginate()
    return {each["StandardsArn"] for page in pages for each in page["StandardsSubscriptions"]}


def enable_standard(clients: Clients, account_id: str, region: str, standard_arn: str) -> None:
    """BatchEnableStandards with one standard."""
    wanted = [{"StandardsArn": standard_arn}]
    _client(clients, account_id, region).batch_enable_standards(StandardsSubscriptionRequests=wanted)


# Members, in the delegated administrator's account


def member_status(clients: Clients, administrator: str, region: str, account_id: str) -> str:
    """GetMembers: Enabled, Removed …; empty if the account is no member. Raises Fault if the hub is off there."""
    try:
        answer = _client(clients, administrator, region).get_members(AccountIds=[account_id])
    except ClientError as exc:
        if has_code(exc, "InvalidAccessException"):
            raise _hub_off(administrator, region) from exc
        raise
    return next((str(member["MemberStatus"]) for member in answer["Members"]), "")


def create_member(clients: Clients, administrator: str, region: str, account_id: str, email: str) -> None:
    """CreateMembers with one account of the organization. Raises Fault where AWS leaves it unprocessed."""
    answer = _client(clients, administrator, region).create_members(
        AccountDetails=[{"AccountId": account_id, "Email": email}]
    )
    for each in answer.get("UnprocessedAccounts", []):
        reason = str(each.get("ProcessingResult", ""))
        raise Fault(Kind.TRANSIENT, "UnprocessedAccount", f"Security Hub did not take the account: {reason}", reason)


def _hub_off(administrator: str, region: str) -> Fault:
    return Fault(
        Kind.PERMANENT,
        "NoHub",
        f"Security Hub is off in the administrator account {administrator} in {region}. Enable it there, or take "
        "the region out of the baseline, then retry.",
    )
