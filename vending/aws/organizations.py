"""AWS Organizations: accounts, organizational units and tags (policies: vending.aws.policies).

Errors of botocore pass through to the caller (see vending.aws.errors), except where absence is an answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import ClientError

from vending.aws.errors import has_code
from vending.aws.session import MEMBER_ROLE, Clients

if TYPE_CHECKING:
    from mypy_boto3_organizations import OrganizationsClient

CreationState = Literal["IN_PROGRESS", "SUCCEEDED", "FAILED"]


@dataclass(frozen=True, slots=True)
class CreationStatus:
    """How far a CreateAccount has come. AWS does not repeat the e-mail address here."""

    request_id: str  # AWS's own: car-…
    state: CreationState
    name: str
    account_id: str | None = None
    failure_reason: str | None = None
    requested_at: datetime | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AccountSummary:
    """An account as the organization knows it."""

    id: str
    arn: str
    name: str
    email: str
    state: str  # PENDING_ACTIVATION, ACTIVE, SUSPENDED, PENDING_CLOSURE, CLOSED
    joined_method: str = ""  # INVITED, CREATED
    joined_at: datetime | None = None

    @property
    def active(self) -> bool:
        return self.state == "ACTIVE"


@dataclass(frozen=True, slots=True)
class OrganizationalUnit:
    """An organizational unit, or the root."""

    id: str
    arn: str
    name: str


@dataclass(frozen=True, slots=True)
class Organization:
    """The organization the portal works in."""

    id: str
    management_account_id: str
    feature_set: str  # ALL, CONSOLIDATED_BILLING


def _client(clients: Clients, *, attempts: int = 3) -> "OrganizationsClient":
    client: OrganizationsClient = clients.management("organizations", attempts=attempts)
    return client


# Creating


def start_account_creation(
    clients: Clients,
    *,
    name: str,
    email: str,
    role_name: str = MEMBER_ROLE,
    tags: Mapping[str, str] | None = None,
    iam_billing: bool = True,
) -> CreationStatus:
    """CreateAccount, sent once and never resent: it has no client token.

    Commit the intent before, and store the request id after. If the answer is lost, recent_creations and
    find_account_by_email tell whether the account was made. Tags in the call itself need
    organizations:TagResource and leave no untagged moment.
    Raises ConstraintViolationException, TooManyRequestsException and ConcurrentModificationException (five
    creations at once), FinalizingOrganizationException, InvalidInputException, AccessDeniedException.
    """
    answer = _client(clients, attempts=1).create_account(
        Email=email,
        AccountName=name,
        RoleName=role_name,
        IamUserAccessToBilling="ALLOW" if iam_billing else "DENY",
        Tags=[{"Key": key, "Value": value} for key, value in (tags or {}).items()],
    )
    return _creation(answer["CreateAccountStatus"])


def creation_status(clients: Clients, request_id: str) -> CreationStatus | None:
    """DescribeCreateAccountStatus; None if AWS does not know the request id."""
    try:
        answer = _client(clients).describe_create_account_status(CreateAccountRequestId=request_id)
    except ClientError as exc:
        if has_code(exc, "CreateAccountStatusNotFoundException"):
            return None
        raise
    return _creation(answer["CreateAccountStatus"])


def recent_creations(
    clients: Clients, states: Sequence[CreationState] = ("IN_PROGRESS", "SUCCEEDED", "FAILED")
) -> list[CreationStatus]:
    """ListCreateAccountStatus: every creation AWS still remembers in these states."""
    pages = _client(clients).get_paginator("list_create_account_status").paginate(States=list(states))
    return [_creation(status) for page in pages for status in page["CreateAccountStatuses"]]


# Accounts


def list_accounts(clients: Clients) -> list[AccountSummary]:
    """ListAccounts: every account, closed ones too until AWS forgets them."""
    pages = _client(clients).get_paginator("list_accounts").paginate()
    return [_account(account) for page in pages for account in page["Accounts"]]


def find_account_by_email(
    clients: Clients, email: str, *, among: Iterable[AccountSummary] | None = None
) -> AccountSummary | None:
    """The account with this e-mail address, compared without case; None if there is none.

    among: the result of one list_accounts, for a sweep over many requests.
    """
    wanted = email.strip().lower()
    accounts = list_accounts(clients) if among is None else among
    return next((account for account in accounts if account.email.lower() == wanted), None)


def describe_account(clients: Clients, account_id: str) -> AccountSummary | None:
    """DescribeAccount; None if the account is not in the organization."""
    try:
        return _account(_client(clients).describe_account(AccountId=account_id)["Account"])
    except ClientError as exc:
        if has_code(exc, "AccountNotFoundException"):
            return None
        raise


def close_account(clients: Clients, account_id: str) -> None:
    """CloseAccount: starts the closure; AWS can undo it for 90 days.

    Raises AccountAlreadyClosedException, ConflictException, and ConstraintViolationException with
    CLOSE_ACCOUNT_QUOTA_EXCEEDED or CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED (three at once).
    """
    _client(clients, attempts=1).close_account(AccountId=account_id)


# The tree


def organization(clients: Clients) -> Organization:
    """DescribeOrganization. Raises AWSOrganizationsNotInUseException."""
    found = _client(clients).describe_organization()["Organization"]
    return Organization(found["Id"], found["MasterAccountId"], found.get("FeatureSet", ""))


def root(clients: Clients) -> OrganizationalUnit:
    """ListRoots: an organization has one."""
    found = _client(clients).list_roots()["Roots"][0]
    return OrganizationalUnit(id=found["Id"], arn=found["Arn"], name=found["Name"])


def parent_of(clients: Clients, child_id: str) -> str | None:
    """ListParents: the id of the OU or root directly above an account or OU; None if the child is unknown."""
    try:
        return _client(clients).list_parents(ChildId=child_id)["Parents"][0]["Id"]
    except ClientError as exc:
        if has_code(exc, "ChildNotFoundException", "AccountNotFoundException"):
            return None
        raise


def children(clients: Clients, parent_id: str) -> list[OrganizationalUnit]:
    """ListOrganizationalUnitsForParent: the OUs directly below. Raises ParentNotFoundException."""
    pages = _client(clients).get_paginator("list_organizational_units_for_parent").paginate(ParentId=parent_id)
    return [_unit(unit) for page in pages for unit in page["OrganizationalUnits"]]


def accounts_in(clients: Clients, parent_id: str) -> list[AccountSummary]:
    """ListAccountsForParent: the accounts directly below an OU or root. Raises ParentNotFoundException."""
    pages = _client(clients).get_paginator("list_accounts_for_parent").paginate(ParentId=parent_id)
    return [_account(account) for page in pages for account in page["Accounts"]]


def describe_ou(clients: Clients, ou_id: str) -> OrganizationalUnit | None:
    """DescribeOrganizationalUnit; None if there is none of this id."""
    try:
        return _unit(_client(clients).describe_organizational_unit(OrganizationalUnitId=ou_id)["OrganizationalUnit"])
    except ClientError as exc:
        if has_code(exc, "OrganizationalUnitNotFoundException"):
            return None
        raise


def ou_path(clients: Clients, ou_id: str) -> str:
    """The names down to an OU, as in "Root/Workloads/Production"; two calls a level.

    Raises OrganizationalUnitNotFoundException if there is no such OU.
    """
    names: list[str] = []
    while not ou_id.startswith("r-"):
        answer = _client(clients).describe_organizational_unit(OrganizationalUnitId=ou_id)
        names.append(answer["OrganizationalUnit"]["Name"])
        ou_id = _client(clients).list_parents(ChildId=ou_id)["Parents"][0]["Id"]
    return "/".join(["Root", *reversed(names)])


def create_ou(clients: Clients, parent_id: str, name: str, tags: Mapping[str, str] | None = None) -> OrganizationalUnit:
    """CreateOrganizationalUnit. Raises DuplicateOrganizationalUnitException, ParentNotFoundException."""
    answer = _client(clients).create_organizational_unit(
        ParentId=parent_id,
        Name=name,
        Tags=[{"Key": key, "Value": value} for key, value in (tags or {}).items()],
    )
    return _unit(answer["OrganizationalUnit"])


def move_account(clients: Clients, account_id: str, *, source: str, destination: str) -> None:
    """MoveAccount from one parent to another.

    Raises DuplicateAccountException (it is there already), SourceParentNotFoundException,
    DestinationParentNotFoundException, ConcurrentModificationException.
    """
    _client(clients).move_account(AccountId=account_id, SourceParentId=source, DestinationParentId=destination)


# Tags, by target: an account, an OU, the root


def tags(clients: Clients, target_id: str) -> dict[str, str]:
    """ListTagsForResource. Raises TargetNotFoundException."""
    pages = _client(clients).get_paginator("list_tags_for_resource").paginate(ResourceId=target_id)
    return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}


def tag(clients: Clients, target_id: str, values: Mapping[str, str]) -> None:
    """TagResource: sets these tags and leaves others alone. Raises ConstraintViolationException."""
    pairs: Any = [{"Key": key, "Value": value} for key, value in values.items()]
    _client(clients).tag_resource(ResourceId=target_id, Tags=pairs)


def untag(clients: Clients, target_id: str, keys: Iterable[str]) -> None:
    """UntagResource: takes these keys away; keys that are not there are no error."""
    _client(clients).untag_resource(ResourceId=target_id, TagKeys=list(keys))


def _creation(status: Any) -> CreationStatus:
    return CreationStatus(
        request_id=status["Id"],
        state=status["State"],
        name=status.get("AccountName", ""),
        account_id=status.get("AccountId"),
        failure_reason=status.get("FailureReason"),
        requested_at=status.get("RequestedTimestamp"),
        completed_at=status.get("CompletedTimestamp"),
    )


def _account(account: Any) -> AccountSummary:
    # AWS retires Status in favour of State; older endpoints know Status only.
    return AccountSummary(
        id=account["Id"],
        arn=account.get("Arn", ""),
        name=account.get("Name", ""),
        email=account.get("Email", ""),
        state=account.get("State") or account.get("Status", ""),
        joined_method=account.get("JoinedMethod", ""),
        joined_at=account.get("JoinedTimestamp"),
    )


def _unit(unit: Any) -> OrganizationalUnit:
    return OrganizationalUnit(id=unit["Id"], arn=unit["Arn"], name=unit["Name"])
