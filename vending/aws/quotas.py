"""AWS Service Quotas inside a member account. Untyped: no stubs are installed."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from vending.aws.errors import has_code
from vending.aws.session import Clients

OPEN = ("PENDING", "CASE_OPENED")


@dataclass(frozen=True, slots=True)
class Increase:
    """A request for a higher quota."""

    id: str
    desired: float
    status: str  # PENDING, CASE_OPENED, APPROVED, DENIED, CASE_CLOSED, NOT_APPROVED, INVALID_REQUEST

    @property
    def open(self) -> bool:
        return self.status in OPEN


def _client(clients: Clients, account_id: str, region: str | None) -> Any:
    return clients.member(account_id, "service-quotas", region)


def quota(clients: Clients, account_id: str, service: str, code: str, region: str | None = None) -> float | None:
    """GetServiceQuota, else AWS's default value; None if AWS has no such quota."""
    client = _client(clients, account_id, region)
    for read in (client.get_service_quota, client.get_aws_default_service_quota):
        try:
            return float(read(ServiceCode=service, QuotaCode=code)["Quota"]["Value"])
        except ClientError as exc:
            if not has_code(exc, "NoSuchResourceException"):
                raise
    return None


def increases(clients: Clients, account_id: str, service: str, code: str, region: str | None = None) -> list[Increase]:
    """ListRequestedServiceQuotaChangeHistoryByQuota: what was asked for, open or decided."""
    client = _client(clients, account_id, region)
    pages = client.get_paginator("list_requested_service_quota_change_history_by_quota").paginate(
        ServiceCode=service, QuotaCode=code
    )
    return [
        Increase(each["Id"], float(each["DesiredValue"]), each["Status"])
        for page in pages
        for each in page["RequestedQuotas"]
    ]


def request_increase(
    clients: Clients, account_id: str, service: str, code: str, desired: float, region: str | None = None
) -> Increase:
    """RequestServiceQuotaIncrease. Raises ResourceAlreadyExistsException while one is open."""
    answer = _client(clients, account_id, region).request_service_quota_increase(
        ServiceCode=service, QuotaCode=code, DesiredValue=desired
    )
    made = answer["RequestedQuota"]
    return Increase(made["Id"], float(made["DesiredValue"]), made["Status"])
