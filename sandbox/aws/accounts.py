"""Organizations' accounts: created and closed with time, a few at once, each e-mail address only once."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.iam.models import iam_backends
from moto.moto_api._internal import mock_random
from moto.organizations.models import FakeAccount
from moto.organizations.utils import CHARSET

from sandbox.aws.credentials import MANAGEMENT
from sandbox.aws.protocol import AwsError, Call
from sandbox.aws.world import Handler, World, page

NAME = re.compile(r"[\u0020-\u007E]{1,50}")
EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
LOCAL_PART = re.compile(r"""(?!\.)[^\s"'()<>\[\]:;,\\|%&]{1,64}""")
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
ROLE_NAME = re.compile(r"[\w+=,.@-]{1,64}")


@dataclass
class Creation:
    """One CreateAccount request."""

    id: str
    params: dict[str, Any]
    requested_at: float
    state: str = "IN_PROGRESS"
    completed_at: float | None = None
    account: str = ""
    reason: str = ""

    @property
    def email(self) -> str:
        return str(self.params["Email"]).lower()

    def describe(self) -> dict[str, Any]:
        status = {
            "Id": self.id,
            "AccountName": self.params["AccountName"],
            "State": self.state,
            "RequestedTimestamp": _date(self.requested_at),
            "CompletedTimestamp": _date(self.completed_at) if self.completed_at else None,
            "AccountId": self.account or None,
            "FailureReason": self.reason or None,
        }
        return {key: value for key, value in status.items() if value is not None}


def _date(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def creations(world: World) -> dict[str, Creation]:
    return world.remember("creations")


def create_account(world: World, call: Call) -> dict[str, Any]:
    params = call.params
    _validate(params)
    running = [each for each in creations(world).values() if each.state == "IN_PROGRESS"]
    if not world.replaying:
        _refuse_if_over(world, len(running))
    random_part = "".join(mock_random.choice(CHARSET) for _ in range(32))
    creation = Creation(f"car-{random_part}", params, world.timestamp())
    reason = _will_fail(world, creation)
    creations(world)[creation.id] = creation
    seconds = min(5.0, world.settings.creation_least) if reason else _duration(world)
    world.clock.after(seconds, lambda: _finish(world, creation, reason))
    return {"CreateAccountStatus": creation.describe()}


def _validate(params: dict[str, Any]) -> None:
    name, email = str(params.get("AccountName", "")), str(params.get("Email", ""))
    if not NAME.fullmatch(name):
        _constraint("accountName", name, "Member must satisfy regular expression pattern: [\\u0020-\\u007E]+")
    if not 6 <= len(email) <= 64:
        _constraint("email", email, "Member must have length between 6 and 64")
    if not EMAIL.fullmatch(email):
        _constraint("email", email, "Member must satisfy regular expression pattern: [^\\s@]+@[^\\s@]+\\.[^\\s@]+")
    if "RoleName" in params and not ROLE_NAME.fullmatch(params["RoleName"]):
        _constraint(
            "roleName",
            params["RoleName"],
            "Member must satisfy regular expression pattern: [\\w+=,.@-]{1,64}",
        )
    if len(params.get("Tags", [])) > 50:
        _constraint("tags", "", "Member must have length less than or equal to 50")


def _constraint(member: str, value: str, rule: str) -> None:
    text = f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {rule}"
    raise AwsError("ValidationException", text)


def _refuse_if_over(world: World, running: int) -> None:
    if running >= world.settings.creations_in_flight:
        text = "AWS Organizations can't complete your request because another request is already in progress."
        raise AwsError(world.settings.creation_busy_code, text + " Try again later.", Type="TOO_MANY_CREATIONS")
    if len(world.organization.accounts) + running >= world.settings.account_quota:
        raise AwsError(
            "ConstraintViolationException",
            "You have exceeded the allowed number of AWS accounts in the organization.",
            Reason="ACCOUNT_NUMBER_LIMIT_EXCEEDED",
        )


def _will_fail(world: World, creation: Creation) -> str:
    """The reason this creation will end in failure, decided when it is asked for."""
    email = creation.email
    if not email.isascii() or not LOCAL_PART.fullmatch(email.partition("@")[0]):
        return "INVALID_EMAIL"
    in_flight = {each.email for each in creations(world).values() if each.state == "IN_PROGRESS"}
    taken = in_flight | {account.email.lower() for account in world.organization.accounts}
    return "EMAIL_ALREADY_EXISTS" if email in taken else ""


def _duration(world: World) -> float:
    """Least plus an exponential with the wanted median, cut off: most are quick, a few are slow."""
    limits = world.settings
    mean = max(limits.creation_median - limits.creation_least, 0.0) / 0.6931
    slow = world.random.expovariate(1 / mean) if mean else 0.0
    return min(limits.creation_least + slow, limits.creation_most)


def _finish(world: World, creation: Creation, reason: str) -> None:
    creation.completed_at = world.timestamp()
    if reason:
        creation.state, creation.reason = "FAILED", reason
        return
    world.seed(creation.id)
    given = {
        key: creation.params[key] for key in ("Email", "AccountName", "RoleName", "Tags") if key in creation.params
    }
    made = world.organization.create_account(**given)["CreateAccountStatus"]
    account = world.account(made["AccountId"])
    account.create_account_status_id = creation.id
    account.create_time = _date(creation.completed_at).replace(tzinfo=None)
    role = str(given.get("RoleName", "OrganizationAccountAccessRole"))
    iam_backends[account.id]["aws"].attach_role_policy(ADMINISTRATOR, role)  # as AWS does, moto does not
    creation.state, creation.account = "SUCCEEDED", account.id
    world.seed(None)
    lag = world.random.uniform(0.3, 1.0) * world.settings.unreliable if world.clock.scale else 0.0
    world.remember("reliable_at")[account.id] = world.clock.now() + lag


def usable(world: World, account_id: str, early: float = 0.0) -> bool:
    """Whether a new account has come far enough for a call that works `early` AWS seconds before all do."""
    until = world.remember("reliable_at").get(account_id)
    return until is None or world.clock.scale == 0 or bool(world.clock.now() >= until - early)


def describe_create_account_status(world: World, call: Call) -> dict[str, Any]:
    wanted = call.params["CreateAccountRequestId"]
    if wanted not in creations(world):
        raise AwsError(
            "CreateAccountStatusNotFoundException",
            "We can't find a create account request with the CreateAccountRequestId that you specified.",
        )
    return {"CreateAccountStatus": creations(world)[wanted].describe()}


def list_create_account_status(world: World, call: Call) -> dict[str, Any]:
    states = call.params.get("States") or ["IN_PROGRESS", "SUCCEEDED", "FAILED"]
    found = [each.describe() for each in reversed(creations(world).values()) if each.state in states]
    some, more = page(found, call.params)
    return {"CreateAccountStatuses": some, **more}


def list_accounts(world: World, call: Call) -> dict[str, Any]:
    some, more = page(_members(world, call), call.params)
    return {"Accounts": [_describe(account) for account in some], **more}


def list_accounts_for_parent(world: World, call: Call) -> dict[str, Any]:
    parent = call.params["ParentId"]
    members = _members(world, call)
    if parent not in {ou.id for ou in world.organization.ou}:
        raise AwsError("ParentNotFoundException", "You specified parent that doesn't exist.")
    some, more = page([account for account in members if account.parent_id == parent], call.params)
    return {"Accounts": [_describe(account) for account in some], **more}


def _members(world: World, call: Call) -> list[FakeAccount]:
    if world.organization.org is None:
        raise AwsError("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
    if call.account != MANAGEMENT:
        raise AwsError("AccessDeniedException", "You don't have permissions to access this resource.")
    return list(world.organization.accounts)


def describe_account(world: World, call: Call) -> dict[str, Any]:
    return {"Account": _describe(world.account(call.params["AccountId"]))}


def _describe(account: FakeAccount) -> dict[str, Any]:
    return {**account.describe(), "JoinedTimestamp": account.create_time.replace(tzinfo=UTC)}


def close_account(world: World, call: Call) -> dict[str, Any]:
    """Closing takes time; three at once, and only so many (Organizations guide, quotas)."""
    account = world.account(call.params["AccountId"])
    if account.id == MANAGEMENT:
        _closing_refused("CANNOT_CLOSE_MANAGEMENT_ACCOUNT", "You can't close the management account.")
    if account.state != "ACTIVE":
        raise AwsError("AccountAlreadyClosedException", "You attempted to close an account that is already closed.")
    closed = [each for each in world.organization.accounts if each.state in ("PENDING_CLOSURE", "CLOSED")]
    running = [each for each in closed if each.state == "PENDING_CLOSURE"]
    if not world.replaying:
        if len(running) >= world.settings.closures_in_flight:
            _closing_refused("CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED", "Too many accounts are being closed.")
        allowed = min(1000, max(world.settings.closure_quota, len(world.organization.accounts) // 5))
        if len(closed) >= allowed:
            _closing_refused("CLOSE_ACCOUNT_QUOTA_EXCEEDED", "You have exceeded the close account quota.")
    account.status = account.state = "PENDING_CLOSURE"
    world.clock.after(world.settings.closure, lambda: _closed(account))
    return {}


def _closed(account: FakeAccount) -> None:
    account.status, account.state = "SUSPENDED", "CLOSED"


def _closing_refused(reason: str, text: str) -> None:
    raise AwsError("ConstraintViolationException", text, Reason=reason)


def move_account(world: World, call: Call) -> None:
    """moto does not check where the account is now."""
    account = world.account(call.params["AccountId"])
    source, target = call.params["SourceParentId"], call.params["DestinationParentId"]
    if account.parent_id != source:
        raise AwsError("SourceParentNotFoundException", "We can't find a source root or OU with that account.")
    if source == target:
        raise AwsError("DuplicateAccountException", "That account is already present in the destination.")


def create_organizational_unit(world: World, call: Call) -> None:
    """moto takes the same name twice under one parent."""
    for ou in world.organization.ou:
        if (ou.parent_id, ou.name) == (call.params["ParentId"], call.params["Name"]):
            raise AwsError("DuplicateOrganizationalUnitException", "An OU with the same name already exists.")


HANDLERS: dict[tuple[str, str], Handler] = {
    ("organizations", "CreateAccount"): create_account,
    ("organizations", "DescribeCreateAccountStatus"): describe_create_account_status,
    ("organizations", "ListCreateAccountStatus"): list_create_account_status,
    ("organizations", "ListAccounts"): list_accounts,
    ("organizations", "ListAccountsForParent"): list_accounts_for_parent,
    ("organizations", "DescribeAccount"): describe_account,
    ("organizations", "CloseAccount"): close_account,
    ("organizations", "MoveAccount"): move_account,
    ("organizations", "CreateOrganizationalUnit"): create_organizational_unit,
}
