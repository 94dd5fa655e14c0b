"""Remove the default VPCs that AWS puts into every region: nobody planned their addresses, and they are open.

Source: Amazon VPC, "Delete your default subnets and default VPC". A VPC with network interfaces is in use and is
never touched. Proved against moto.
"""

from botocore.exceptions import ClientError

from vending.aws import ec2
from vending.aws.ec2 import DefaultVpc as Vpc
from vending.aws.errors import Fault, Kind, has_code
from vending.engine.context import Context
from vending.engine.step import Done, Seen, Step, Wait
from vending.steps.account_ready import AccountReady
from vending.steps.regions import Regions, WorkRegions, in_each, regions_of

NEXT_REGION = 1.0


class DefaultVpc(Step):
    name = "default_vpc"
    title = "Remove the default VPCs"
    needs = (AccountReady, Regions)

    class Parameters(WorkRegions):
        """The regions."""

    def look(self, ctx: Context) -> Seen:
        if ctx.handle:  # a detached gateway belongs to no VPC any more: only this row knows of it
            return Seen(False, f"To be deleted is the internet gateway {ctx.handle}.")
        regions = regions_of(ctx)
        having = self._having(ctx, regions)
        if not having:
            return Seen(True, "There is no default VPC in " + ", ".join(regions) + ".")
        free, used = self._next(ctx, having)
        if free is None:
            return Seen(False, "In use: " + ", ".join(f"{vpc.vpc_id} in {vpc.region}" for vpc in used) + ".")
        return Seen(False, f"Default VPCs in {', '.join(having)}. Left in {free.region}: {_parts(free)}.")

    def act(self, ctx: Context) -> Done | Wait:
        if ctx.handle:
            return _finish_gateway(ctx)
        having = self._having(ctx, regions_of(ctx))
        if not having:
            return Done("Nothing was left to remove.")
        free, used = self._next(ctx, having)
        if free is None:
            raise _in_use(used)
        try:
            did = _remove_a_part(ctx, free)
        except ClientError as error:
            raise (_held(free, error) if has_code(error, "DependencyViolation") else error) from error
        if did:
            return Done(did)
        if len(having) > 1:  # an attempt for each region: all in one would outlast the lease
            return Wait(NEXT_REGION, f"The default VPC of {free.region} is gone; the next region follows.")
        return Done(f"Removed the default VPC of {free.region}.")

    def _having(self, ctx: Context, regions: list[str]) -> list[str]:
        """The regions that have a default VPC."""
        found = in_each(regions, lambda region: ec2.default_vpc_id(ctx.clients, ctx.account_id, region))
        return [region for region, vpc_id in found.items() if vpc_id]

    def _next(self, ctx: Context, regions: list[str]) -> tuple[Vpc | None, list[Vpc]]:
        """The first VPC that may go, and those before it that are in use."""
        used: list[Vpc] = []
        for region in regions:
            vpc = ec2.default_vpc(ctx.clients, ctx.account_id, region)
            if vpc is not None and not vpc.in_use:
                return vpc, used
            if vpc is not None:
                used.append(vpc)
        return None, used


def _remove_a_part(ctx: Context, vpc: Vpc) -> str:
    """Take the next part away and say which; when none is left, the VPC itself, and say nothing."""
    where = ctx.clients, ctx.account_id, vpc.region
    for gateway in vpc.internet_gateways:
        ctx.remember(f"{gateway} in {vpc.region}")
        ec2.detach_internet_gateway(*where, gateway, vpc.vpc_id)
        return f"Detached the internet gateway {gateway}."
    for part, ids, delete in (
        ("subnet", vpc.subnets, ec2.delete_subnet),
        ("route table", vpc.route_tables, ec2.delete_route_table),
        ("network ACL", vpc.network_acls, ec2.delete_network_acl),
        ("security group", vpc.security_groups, ec2.delete_security_group),
    ):
        for each in ids:
            delete(*where, each)
            return f"Removed the {part} {each}."
    ec2.delete_vpc(*where, vpc.vpc_id)
    return ""


def _finish_gateway(ctx: Context) -> Done:
    """Delete the gateway that was to be detached; where the detaching failed, detach it first."""
    gateway, _, region = ctx.handle.partition(" in ")
    vpc = ec2.default_vpc(ctx.clients, ctx.account_id, region)
    if vpc is not None and gateway in vpc.internet_gateways:
        ec2.detach_internet_gateway(ctx.clients, ctx.account_id, region, gateway, vpc.vpc_id)
        return Done(f"Detached the internet gateway {gateway}.")
    ec2.delete_internet_gateway(ctx.clients, ctx.account_id, region, gateway)
    ctx.remember("")
    return Done(f"Removed the internet gateway {gateway}.")


def _held(vpc: Vpc, error: ClientError) -> Fault:
    """Transient, because AWS counts a part for some seconds after it is gone."""
    return Fault(
        Kind.TRANSIENT,
        "DependencyViolation",
        f"Something still hangs on the default VPC {vpc.vpc_id} in {vpc.region}, such as an endpoint or a "
        "peering. If it is needed, take the region out of the step; if not, remove it.",
        str(error),
    )


def _parts(vpc: Vpc) -> str:
    counted = {
        "gateways": vpc.internet_gateways,
        "subnets": vpc.subnets,
        "route tables": vpc.route_tables,
        "network ACLs": vpc.network_acls,
        "security groups": vpc.security_groups,
    }
    left = [f"{len(ids)} {part}" for part, ids in counted.items() if ids]
    return ", ".join(left) or f"{vpc.vpc_id} itself"


def _in_use(used: list[Vpc]) -> Fault:
    vpcs = ", ".join(f"{vpc.vpc_id} in {vpc.region} ({len(vpc.network_interfaces)})" for vpc in used)
    return Fault(
        Kind.PERMANENT,
        "DefaultVpcInUse",
        f"A default VPC with network interfaces is in use and was left alone: {vpcs}. "
        "Move what uses it to another VPC, or take the region out of the step, then retry.",
    )
