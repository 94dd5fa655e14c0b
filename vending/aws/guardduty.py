"""AWS GuardDuty: the detector inside a member account, one for each region. Untyped: no stubs installed."""

from typing import Any

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
