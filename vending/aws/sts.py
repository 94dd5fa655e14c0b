"""AWS STS: who the portal is, and whether a member account can be entered."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vending.aws.session import MEMBER_ROLE, Clients

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a session is."""

    account_id: str
    arn: str


def identity(clients: Clients) -> Identity:
    """GetCallerIdentity of the portal in the management account. Needs no permission."""
    return _identity(clients.management("sts"))


def identity_in(clients: Clients, account_id: str, role: str = MEMBER_ROLE) -> Identity:
    """GetCallerIdentity inside a member: the probe that the role can be assumed and its session works.

    Raises AccessDenied while the role does not exist yet or is not known everywhere.
    """
    return _identity(clients.member(account_id, "sts", role=role))


def _identity(client: "STSClient") -> Identity:
    answer = client.get_caller_identity()
    return Identity(answer["Account"], answer["Arn"])
