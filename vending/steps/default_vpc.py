"""Remove the default VPCs that AWS puts into every region: nobody planned their addresses, and they are open.

Source: Amazon VPC, "Delete your default subnets and default VPC". A VPC with network interfaces is in use and is
never touched. Proved against moto.
"""

from botocore.exceptions import ClientError
from django.utils.translation import gettext_noop as _

from vending.aws import ec2
from vending.aws.ec2 import DefaultVpc as Vpc
from vending.aws.errors import Fault, Kind, has_code
from vending.engine.context import Context
from vending.engine.step import Done, Seen, Step
from vending.steps.account_ready import AccountReady
from vending.steps.regions import Regions, WorkRegions, in_each, regions_of

GATEWAY, DETACHED, SUBNET, ITSELF = "internet gateway", "detached internet gateway", "subnet", "VPC"


class DefaultVpc(Step):
    name = "default_vpc"
    title = _("Remove the default VPCs")
    needs = (AccountReady, Regions)

    class Parameters(WorkRegions):
        """The regions."""

    def look(self, ctx: Context) -> Seen:
        if ctx.handle:  # a detached gateway belongs to no VPC any more: only this row knows of it
            return Seen(False, f"To be deleted is the internet gateway {ctx.handle}.")
        regions = regions_of(ctx)
        free, used = self._found(ctx, regions)
        if free:
            parts = [part for vpc in free for part in _parts(vpc)]
            where = ", ".join(vpc.region for vpc in free)
            return Seen(False, f"Default VPCs in {where}, with {len(parts) - len(free)} parts.", todo=tuple(parts))
        if used:
            return Seen(False, "In use: " + ", ".join(f"{vpc.vpc_id} in {vpc.region}" for vpc in used) + ".")
        return Seen(True, "There is no default VPC in " + ", ".join(regions) + ".")

    def act(self, ctx: Context) -> Done:
        if ctx.todo:
            return _remove(ctx, *ctx.todo[0].split("|"))
        if ctx.handle:
            return _finish_gateway(ctx)
        raise _in_use(self._found(ctx, regions_of(ctx))[1])

    def _found(self, ctx: Context, regions: list[str]) -> tuple[list[Vpc], list[Vpc]]:
        """The default VPCs that may go, and those that are in use."""
        found = in_each(regions, lambda region: ec2.default_vpc(ctx.clients, ctx.account_id, region))
        vpcs = [vpc for vpc in found.values() if vpc is not None]
        return [vpc for vpc in vpcs if not vpc.in_use], [vpc for vpc in vpcs if vpc.in_use]


def _parts(vpc: Vpc) -> list[str]:
    """What is to be removed, in the order in which AWS allows it."""
    inside = [(GATEWAY, each) for each in vpc.internet_gateways] + [(SUBNET, each) for each in vpc.subnets]
    return [f"{vpc.region}|{vpc.vpc_id}|{part}|{part_id}" for part, part_id in [*inside, (ITSELF, vpc.vpc_id)]]


def _remove(ctx: Context, region: str, vpc_id: str, part: str, part_id: str) -> Done:
    """Make one change, and take it from the list when nothing of it is left."""
    where = ctx.clients, ctx.account_id, region
    if part == ITSELF:
        return _remove_vpc(ctx, region, vpc_id)
    if part == GATEWAY:
        ctx.remember(f"{part_id} in {region}")
        ec2.detach_internet_gateway(*where, part_id, vpc_id)
        ctx.todo[0] = f"{region}|{vpc_id}|{DETACHED}|{part_id}"
        return Done(f"Detached the internet gateway {part_id}.")
    if part == DETACHED:
        ec2.delete_internet_gateway(*where, part_id)
        ctx.remember("")
    else:
        ec2.delete_subnet(*where, part_id)
    ctx.todo.pop(0)
    return Done(f"Removed the {part} {part_id}.")


def _remove_vpc(ctx: Context, region: str, vpc_id: str) -> Done:
    """Remove the VPC, or else the first of what somebody added to it: a new account's has nothing of the kind."""
    where = ctx.clients, ctx.account_id, region
    try:
        ec2.delete_vpc(*where, vpc_id)
    except ClientError as error:
        if not has_code(error, "DependencyViolation"):
            raise
        added = ec2.added_to_vpc(*where, vpc_id)
        if not added:
            raise _held(region, vpc_id, error) from error
        added[0].delete(*where, added[0].id)
        return Done(f"Removed the {added[0].kind} {added[0].id}.")
    ctx.todo.pop(0)
    return Done(f"Removed the default VPC of {region}.")


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


def _held(region: str, vpc_id: str, error: ClientError) -> Fault:
    """Transient, because AWS counts a part for some seconds after it is gone."""
    return Fault(
        Kind.TRANSIENT,
        "DependencyViolation",
        f"Something still hangs on the default VPC {vpc_id} in {region}, such as an endpoint or a "
        "peering. If it is needed, take the region out of the step; if not, remove it.",
        str(error),
    )


def _in_use(used: list[Vpc]) -> Fault:
    vpcs = ", ".join(f"{vpc.vpc_id} in {vpc.region} ({len(vpc.network_interfaces)})" for vpc in used)
    return Fault(
        Kind.PERMANENT,
        "DefaultVpcInUse",
        f"A default VPC with network interfaces is in use and was left alone: {vpcs}. "
        "Move what uses it to another VPC, or take the region out of the step, then retry.",
    )
