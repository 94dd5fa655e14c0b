"""Service Quotas: increases are asked for, wait, and are granted."""

from datetime import UTC, datetime
from typing import Any

from moto.moto_api._internal import mock_random
from moto.servicequotas.exceptions import NoSuchResource
from moto.servicequotas.models import servicequotas_backends

from sandbox.aws.protocol import AwsError, Call
from sandbox.aws.world import Handler, World, page


def _requests(world: World, call: Call) -> dict[str, dict[str, Any]]:
    place = (call.account, call.region)
    made: dict[str, dict[str, Any]] = world.remember("quota_requests").setdefault(place, {})
    return made


def request_increase(world: World, call: Call) -> dict[str, Any]:
    params = call.params
    key = (params["ServiceCode"], params["QuotaCode"])
    for each in _requests(world, call).values():
        if (each["ServiceCode"], each["QuotaCode"]) == key and each["Status"] == "PENDING":
            raise AwsError("ResourceAlreadyExistsException", "There is an open request already.")
    at = datetime.fromtimestamp(world.timestamp(), UTC)
    request = {
        "Id": mock_random.uuid4().hex,
        "ServiceCode": key[0],
        "QuotaCode": key[1],
        "DesiredValue": params["DesiredValue"],
        "Status": "PENDING",
        "Created": at,
        "LastUpdated": at,
    }
    _requests(world, call)[request["Id"]] = request
    world.clock.after(world.settings.service_quota_decision, lambda: request.update(Status="APPROVED"))
    return {"RequestedQuota": dict(request)}


def get_request(world: World, call: Call) -> dict[str, Any]:
    found = _requests(world, call).get(call.params["RequestId"])
    if found is None:
        raise AwsError("NoSuchResourceException", "There is no such request.")
    return {"RequestedQuota": found}


def history(world: World, call: Call) -> dict[str, Any]:
    params = call.params
    found = [
        each
        for each in _requests(world, call).values()
        if all(params.get(name) in (None, each[name]) for name in ("ServiceCode", "QuotaCode", "Status"))
    ]
    some, more = page(found, params, most=100)
    return {"RequestedQuotas": some, **more}


def get_service_quota(world: World, call: Call) -> dict[str, Any] | None:
    """The granted value; where none was granted, moto knows the default or not."""
    params = call.params
    for each in reversed(_requests(world, call).values()):
        same = (each["ServiceCode"], each["QuotaCode"]) == (params["ServiceCode"], params["QuotaCode"])
        if same and each["Status"] == "APPROVED":
            kept = {"ServiceCode": each["ServiceCode"], "QuotaCode": each["QuotaCode"], "Adjustable": True}
            return {"Quota": kept | {"Value": each["DesiredValue"]}}
    return None


def get_default(world: World, call: Call) -> dict[str, Any]:
    """moto knows AWS's defaults of one service, and keeps them for its other call."""
    service, code = call.params["ServiceCode"], call.params["QuotaCode"]
    try:
        quota = servicequotas_backends[call.account][call.region].get_service_quota(service, code)
    except NoSuchResource:
        raise AwsError("NoSuchResourceException", "The request failed: no such quota.") from None
    return {"Quota": quota}


HANDLERS: dict[tuple[str, str], Handler] = {
    ("service-quotas", "RequestServiceQuotaIncrease"): request_increase,
    ("service-quotas", "GetRequestedServiceQuotaChange"): get_request,
    ("service-quotas", "ListRequestedServiceQuotaChangeHistory"): history,
    ("service-quotas", "ListRequestedServiceQuotaChangeHistoryByQuota"): history,
    ("service-quotas", "GetServiceQuota"): get_service_quota,
    ("service-quotas", "GetAWSDefaultServiceQuota"): get_default,
}
