"""GuardDuty members: moto knows detectors and the delegated administrator, but no members."""

from typing import Any

from sandbox.aws.protocol import AwsError, Call
from sandbox.aws.world import Handler, World, page


def _members(world: World, call: Call) -> dict[str, dict[str, Any]]:
    key = (call.account, call.region, call.path_params.get("DetectorId") or call.params["DetectorId"])
    members: dict[str, dict[str, Any]] = world.remember("guardduty").setdefault(key, {})
    return members


def create_members(world: World, call: Call) -> dict[str, Any]:
    for each in call.params["AccountDetails"]:
        _members(world, call)[each["AccountId"]] = {
            "AccountId": each["AccountId"],
            "Email": each["Email"],
            "MasterId": call.account,
            "AdministratorId": call.account,
            "RelationshipStatus": "Enabled",
            "UpdatedAt": str(world.timestamp()),
        }
    return {"UnprocessedAccounts": []}


def get_members(world: World, call: Call) -> dict[str, Any]:
    members = _members(world, call)
    wanted = call.params["AccountIds"]
    found = [members[each] for each in wanted if each in members]
    missing = [{"AccountId": each, "Result": "No member."} for each in wanted if each not in members]
    return {"Members": found, "UnprocessedAccounts": missing}


def list_members(world: World, call: Call) -> dict[str, Any]:
    some, more = page(list(_members(world, call).values()), call.params, most=50)
    return {"Members": some, **more}


def delete_members(world: World, call: Call) -> dict[str, Any]:
    for each in call.params["AccountIds"]:
        if _members(world, call).pop(each, None) is None:
            raise AwsError("BadRequestException", f"The account {each} is no member.")
    return {"UnprocessedAccounts": []}


def _monitor(world: World, call: Call, before: str, after: str) -> dict[str, Any]:
    members, unprocessed = _members(world, call), []
    for each in call.params["AccountIds"]:
        if members.get(each, {}).get("RelationshipStatus") == before:
            members[each]["RelationshipStatus"] = after
        else:
            unprocessed.append({"AccountId": each, "Result": f"The account is no member that is {before}."})
    return {"UnprocessedAccounts": unprocessed}


def start_monitoring(world: World, call: Call) -> dict[str, Any]:
    return _monitor(world, call, "Disabled", "Enabled")


def stop_monitoring(world: World, call: Call) -> dict[str, Any]:
    return _monitor(world, call, "Enabled", "Disabled")


HANDLERS: dict[tuple[str, str], Handler] = {
    ("guardduty", "CreateMembers"): create_members,
    ("guardduty", "GetMembers"): get_members,
    ("guardduty", "ListMembers"): list_members,
    ("guardduty", "DeleteMembers"): delete_members,
    ("guardduty", "StartMonitoringMembers"): start_monitoring,
    ("guardduty", "StopMonitoringMembers"): stop_monitoring,
}
