"""EC2's regions: moto tells all of them to every account; AWS tells those that the account can use."""

from typing import Any

from sandbox.aws.gaps import account
from sandbox.aws.protocol import Call
from sandbox.aws.world import Handler, World


def describe_regions(world: World, call: Call) -> dict[str, Any]:
    wanted = call.params.get("RegionNames") or account.regions(world)
    told = [_region(region, account.status_of(world, call.account, region)) for region in wanted]
    if not call.params.get("AllRegions"):
        told = [each for each in told if each["OptInStatus"] != "not-opted-in"]
    return {"Regions": told}


def _region(name: str, status: str) -> dict[str, str]:
    opted = {"ENABLED_BY_DEFAULT": "opt-in-not-required", "ENABLED": "opted-in"}
    return {
        "RegionName": name,
        "Endpoint": f"ec2.{name}.amazonaws.com",
        "OptInStatus": opted.get(status, "not-opted-in"),
    }


HANDLERS: dict[tuple[str, str], Handler] = {("ec2", "DescribeRegions"): describe_regions}
