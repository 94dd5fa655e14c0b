"""AWS GuardDuty: the detector inside a member account, one for each region. Untyped: no stubs installed."""

from typing import Any

from vending.aws.errors import Fault, Kind
from vending.aws.session import Clients


def _client(clients: Clients, account_id: str, region: str) -> Any:
    return clients.member(account_id, "guardduty", region)


def detector(clients: Clients, account_id: str, region: str) -> str | None:
    """ListDetectors: the id of the region's detector, None if there is none."""
    found = _client(clients, account_id, region).list_detectors()["DetectorIds"]
    return found[0] if found else None


def detector_enabled(clients: Clients, account_id: str, region: str, detector_id: str) -> bool:
    """GetDetector: whether it watches. Raises BadRequestException if there is no such detector."""
    answer = _client(clients, account_id, region).get_detector(DetectorId=detector_id)
    return bool(answer["Status"] == "ENABLED")


def create_detector(clients: Clients, account_id: str, region: str) -> str:
    """CreateDetector, enabled; its id. Raises BadRequestException if the region has one already."""
    return str(_client(clients, account_id, region).create_detector(Enable=True)["DetectorId"])


def enable_detector(clients: Clients, account_id: str, region: str, detector_id: str) -> None:
    """UpdateDetector: switch an existing detector on."""
    _client(clients, account_id, region).update_detector(DetectorId=detector_id, Enable=True)


# Members, in the delegated administrator's account


def member_status(clients: Clients, administrator: str, region: str, detector_id: str, account_id: str) -> str:
    """GetMembers: Enabled, Disabled, Removed …; empty if the account is no member."""
    answer = _client(clients, administrator, region).get_members(DetectorId=detector_id, AccountIds=[account_id])
    return next((str(member["RelationshipStatus"]) for member in answer["Members"]), "")


def create_member(
    clients: Clients, administrator: str, region: str, detector_id: str, account_id: str, email: str
) -> None:
    """CreateMembers with one account of the organization. Raises Fault where AWS leaves it unprocessed."""
    answer = _client(clients, administrator, region).create_members(
        DetectorId=detector_id, AccountDetails=[{"AccountId": account_id, "Email": email}]
    )
    _refuse_unprocessed(answer)


def start_monitoring(clients: Clients, administrator: str, region: str, detector_id: str, account_id: str) -> None:
    """StartMonitoringMembers: a member that was paused. Raises Fault where AWS leaves it unprocessed."""
    answer = _client(clients, administrator, region).start_monitoring_members(
        DetectorId=detector_id, AccountIds=[account_id]
    )
    _refuse_unprocessed(answer)


def _refuse_unprocessed(answer: Any) -> None:
    for each in answer.get("UnprocessedAccounts", []):
        reason = str(each.get("Result", ""))
        raise Fault(Kind.TRANSIENT, "UnprocessedAccount", f"GuardDuty did not take the account: {reason}", reason)
