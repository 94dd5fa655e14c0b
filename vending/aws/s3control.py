"""AWS S3 Control inside a member account: the account-wide block of public access."""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from vending.aws.errors import has_code
from vending.aws.session import Clients


@dataclass(frozen=True, slots=True)
class PublicAccessBlock:
    """The four switches; all True is what a governed account has."""

    block_public_acls: bool = True
    ignore_public_acls: bool = True
    block_public_policy: bool = True
    restrict_public_buckets: bool = True


def _client(clients: Clients, account_id: str) -> Any:
    """Untyped: no stubs for this service are installed."""
    client = clients.member(account_id, "s3control")
    client.meta.events.register("before-call.s3-control", _plain_address, unique_id="plain-address")
    return client


def _plain_address(params: dict[str, Any], **_: Any) -> None:
    """Take the account prefix off the host where AWS_ENDPOINT_URL is an address: no name would resolve."""
    host = urlsplit(params["url"]).hostname or ""
    account, _dot, address = host.partition(".")
    try:
        ip_address(address)
    except ValueError:
        return
    params["url"] = params["url"].replace(f"//{account}.", "//", 1)


def public_access_block(clients: Clients, account_id: str) -> PublicAccessBlock | None:
    """GetPublicAccessBlock of the account; None if none was ever set."""
    try:
        answer = _client(clients, account_id).get_public_access_block(AccountId=account_id)
    except ClientError as exc:
        if has_code(exc, "NoSuchPublicAccessBlockConfiguration"):
            return None
        raise
    found = answer["PublicAccessBlockConfiguration"]
    return PublicAccessBlock(
        block_public_acls=found.get("BlockPublicAcls", False),
        ignore_public_acls=found.get("IgnorePublicAcls", False),
        block_public_policy=found.get("BlockPublicPolicy", False),
        restrict_public_buckets=found.get("RestrictPublicBuckets", False),
    )


def put_public_access_block(clients: Clients, account_id: str, block: PublicAccessBlock = PublicAccessBlock()) -> None:
    """PutPublicAccessBlock of the account: sets or replaces. It can take minutes to work everywhere."""
    _client(clients, account_id).put_public_access_block(
        AccountId=account_id,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": block.block_public_acls,
            "IgnorePublicAcls": block.ignore_public_acls,
            "BlockPublicPolicy": block.block_public_policy,
            "RestrictPublicBuckets": block.restrict_public_buckets,
        },
    )
