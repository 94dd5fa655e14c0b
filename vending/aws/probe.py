"""Whether a young account really works: Organizations says SUCCEEDED minutes before its services agree."""

from vending.aws import sts
from vending.aws.session import Clients


def probe(clients: Clients, account_id: str) -> None:
    """Enter the account (sts:AssumeRole) and ask IAM and CloudFormation for something small.

    Returns when all answer. Raises AccessDenied, OptInRequired, SubscriptionRequiredException while the account
    is not ready (classify young_account).
    """
    sts.identity_in(clients, account_id)
    clients.member(account_id, "iam").list_account_aliases(MaxItems=1)
    clients.member(account_id, "cloudformation").list_stacks(StackStatusFilter=["CREATE_COMPLETE"])
