"""Account management: the name, the opt-in regions and the primary e-mail address of a member."""

from datetime import UTC
from typing import Any

from botocore.session import get_session

from sandbox.aws.protocol import AwsError, Call
from sandbox.aws.world import Handler, World, page

# Regions that are off until somebody opts in (Account Management guide); all others are always on.
OPT_IN = {
    *("af-south-1", "ap-east-1", "ap-east-2", "ap-south-2", "ap-southeast-3", "ap-southeast-4"),
    *("ap-southeast-5", "ap-southeast-7", "ca-west-1", "eu-central-2", "eu-south-1", "eu-south-2"),
    *("il-central-1", "me-central-1", "me-south-1", "mx-central-1"),
}
REGIONS = sorted(get_session().get_available_regions("ec2"))
FEW = ["eu-central-1", "eu-west-1", "us-east-1"]
AT_ONCE = 6
"""Region changes in flight in one account (observed)."""


def _account_id(call: Call) -> str:
    return str(call.params.get("AccountId") or call.account)


def _member(world: World, call: Call) -> Any:
    try:
        return world.account(_account_id(call))
    except AwsError as missing:
        raise AwsError("AccessDeniedException", missing.message, 403) from None


def put_account_name(world: World, call: Call) -> dict[str, Any]:
    name = call.params["AccountName"]
    if not 1 <= len(name) <= 50 or not name.isascii() or set(name) & set("<>"):
        raise AwsError("ValidationException", "The account name is not valid.")
    _member(world, call).name = name
    return {}


def get_account_information(world: World, call: Call) -> dict[str, Any]:
    account = _member(world, call)
    return {
        "AccountId": account.id,
        "AccountName": account.name,
        "AccountCreatedDate": account.create_time.replace(tzinfo=UTC),
        "AccountState": account.state,
    }


def _statuses(world: World, call: Call) -> dict[str, str]:
    changed: dict[str, str] = world.remember("regions").setdefault(_account_id(call), {})
    return changed


def regions(world: World) -> list[str]:
    """The regions that AWS tells of."""
    return FEW if world.settings.few_regions else REGIONS


def status_of(world: World, account_id: str, region: str) -> str:
    """Whether the account can use the region."""
    changed: dict[str, str] = world.remember("regions").get(account_id, {})
    return changed.get(region, "DISABLED" if region in OPT_IN else "ENABLED_BY_DEFAULT")


def _status(world: World, call: Call, region: str) -> str:
    return status_of(world, _account_id(call), region)


def _change(world: World, call: Call, through: str, to: str) -> dict[str, Any]:
    region, statuses = call.params["RegionName"], _statuses(world, call)
    if region not in OPT_IN:
        raise AwsError("ValidationException", f"The region {region} cannot be changed.")
    if _status(world, call, region) == to:
        return {}
    if sum(1 for status in statuses.values() if status in ("ENABLING", "DISABLING")) >= AT_ONCE:
        raise AwsError("TooManyRequestsException", "Too many region changes are in progress.", 429)
    if _status(world, call, region) in ("ENABLING", "DISABLING"):
        raise AwsError("ConflictException", f"The region {region} is being changed.", 409)
    statuses[region] = through
    world.clock.after(world.settings.region_opt_in, lambda: statuses.update({region: to}))
    return {}


def enable_region(world: World, call: Call) -> dict[str, Any]:
    return _change(world, call, "ENABLING", "ENABLED")


def disable_region(world: World, call: Call) -> dict[str, Any]:
    return _change(world, call, "DISABLING", "DISABLED")


def get_region_opt_status(world: World, call: Call) -> dict[str, Any]:
    region = call.params["RegionName"]
    return {"RegionName": region, "RegionOptStatus": _status(world, call, region)}


def list_regions(world: World, call: Call) -> dict[str, Any]:
    told = [{"RegionName": region, "RegionOptStatus": _status(world, call, region)} for region in regions(world)]
    wanted = call.params.get("RegionOptStatusContains")
    found = [each for each in told if not wanted or each["RegionOptStatus"] in wanted]
    some, more = page(found, call.params, most=50)
    return {"Regions": some, **more}


def get_primary_email(world: World, call: Call) -> dict[str, Any]:
    return {"PrimaryEmail": _member(world, call).email}


def start_primary_email_update(world: World, call: Call) -> dict[str, Any]:
    """The one-time code that AWS mails to the new address is always 123456 here."""
    account, email = _member(world, call), call.params["PrimaryEmail"]
    if email.lower() in {each.email.lower() for each in world.organization.accounts}:
        raise AwsError("ConflictException", "The e-mail address is already in use.", 409)
    world.remember("email_updates")[account.id] = email
    return {"Status": "PENDING"}


def accept_primary_email_update(world: World, call: Call) -> dict[str, Any]:
    account = _member(world, call)
    pending = world.remember("email_updates")
    if pending.get(account.id) != call.params["PrimaryEmail"] or call.params["Otp"] != "123456":
        raise AwsError("ValidationException", "The one-time password is not valid.")
    account.email = pending.pop(account.id)
    return {"Status": "ACCEPTED"}


HANDLERS: dict[tuple[str, str], Handler] = {
    ("account", "PutAccountName"): put_account_name,
    ("account", "GetAccountInformation"): get_account_information,
    ("account", "EnableRegion"): enable_region,
    ("account", "DisableRegion"): disable_region,
    ("account", "GetRegionOptStatus"): get_region_opt_status,
    ("account", "ListRegions"): list_regions,
    ("account", "GetPrimaryEmail"): get_primary_email,
    ("account", "StartPrimaryEmailUpdate"): start_primary_email_update,
    ("account", "AcceptPrimaryEmailUpdate"): accept_primary_email_update,
}
