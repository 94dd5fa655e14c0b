"""AWS EC2 inside a member account: default VPCs, and encryption of volumes by default.

botocore's EC2 client is untyped here: its stubs are not installed (they are larger than all others together).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from vending.aws.errors import has_code
from vending.aws.session import Clients


@dataclass(frozen=True, slots=True)
class DefaultVpc:
    """A region's default VPC and what must go before it can."""

    region: str
    vpc_id: str
    internet_gateways: tuple[str, ...]
    subnets: tuple[str, ...]
    network_interfaces: tuple[str, ...]  # if there are any, the VPC is in use: leave it

    @property
    def in_use(self) -> bool:
        return bool(self.network_interfaces)


@dataclass(frozen=True, slots=True)
class Added:
    """Something that somebody added to a VPC, and the call that deletes it."""

    kind: str
    id: str
    delete: Callable[[Clients, str, str, str], None]


def _client(clients: Clients, account_id: str, region: str) -> Any:
    return clients.member(account_id, "ec2", region)


def enabled_regions(clients: Clients, account_id: str) -> list[str]:
    """DescribeRegions: the regions that the account can use."""
    answer = _client(clients, account_id, clients.region).describe_regions(AllRegions=False)
    return sorted(region["RegionName"] for region in answer["Regions"])


def default_vpc_id(clients: Clients, account_id: str, region: str) -> str | None:
    """DescribeVpcs: the region's default VPC; a region has one or none."""
    client = _client(clients, account_id, region)
    vpcs = client.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    return str(vpcs[0]["VpcId"]) if vpcs else None


def default_vpc(clients: Clients, account_id: str, region: str) -> DefaultVpc | None:
    """DescribeVpcs and what is in it; None if the region has no default VPC."""
    vpc_id = default_vpc_id(clients, account_id, region)
    if vpc_id is None:
        return None
    client = _client(clients, account_id, region)
    inside = [{"Name": "vpc-id", "Values": [vpc_id]}]
    attached = [{"Name": "attachment.vpc-id", "Values": [vpc_id]}]
    gateways = client.describe_internet_gateways(Filters=attached)["InternetGateways"]
    subnets = client.describe_subnets(Filters=inside)["Subnets"]
    interfaces = client.describe_network_interfaces(Filters=inside)["NetworkInterfaces"]
    return DefaultVpc(
        region=region,
        vpc_id=vpc_id,
        internet_gateways=tuple(each["InternetGatewayId"] for each in gateways),
        subnets=tuple(each["SubnetId"] for each in subnets),
        network_interfaces=tuple(each["NetworkInterfaceId"] for each in interfaces),
    )


def added_to_vpc(clients: Clients, account_id: str, region: str, vpc_id: str) -> list[Added]:
    """DescribeRouteTables, DescribeNetworkAcls, DescribeSecurityGroups: what does not go with the VPC itself.

    The main route table and the default network ACL and security group go with it.
    """
    client = _client(clients, account_id, region)
    inside = [{"Name": "vpc-id", "Values": [vpc_id]}]
    tables = client.describe_route_tables(Filters=inside)["RouteTables"]
    acls = client.describe_network_acls(Filters=inside)["NetworkAcls"]
    groups = client.describe_security_groups(Filters=inside)["SecurityGroups"]
    return [
        *(
            Added("route table", each["RouteTableId"], delete_route_table)
            for each in tables
            if not any(link["Main"] for link in each["Associations"])
        ),
        *(Added("network ACL", each["NetworkAclId"], delete_network_acl) for each in acls if not each["IsDefault"]),
        *(
            Added("security group", each["GroupId"], delete_security_group)
            for each in groups
            if each["GroupName"] != "default"
        ),
    ]


def detach_internet_gateway(clients: Clients, account_id: str, region: str, gateway_id: str, vpc_id: str) -> None:
    """DetachInternetGateway; gone or detached already is no error. Raises DependencyViolation."""
    _gone_is_fine(
        _client(clients, account_id, region).detach_internet_gateway,
        "Gateway.NotAttached",
        InternetGatewayId=gateway_id,
        VpcId=vpc_id,
    )


def delete_internet_gateway(clients: Clients, account_id: str, region: str, gateway_id: str) -> None:
    """DeleteInternetGateway, detached before; gone already is no error. Raises DependencyViolation."""
    client = _client(clients, account_id, region)
    _gone_is_fine(client.delete_internet_gateway, InternetGatewayId=gateway_id)


def delete_subnet(clients: Clients, account_id: str, region: str, subnet_id: str) -> None:
    """DeleteSubnet; gone already is no error. Raises DependencyViolation while something is in it."""
    _gone_is_fine(_client(clients, account_id, region).delete_subnet, SubnetId=subnet_id)


def delete_route_table(clients: Clients, account_id: str, region: str, table_id: str) -> None:
    """DeleteRouteTable; gone already is no error. Raises DependencyViolation."""
    _gone_is_fine(_client(clients, account_id, region).delete_route_table, RouteTableId=table_id)


def delete_network_acl(clients: Clients, account_id: str, region: str, acl_id: str) -> None:
    """DeleteNetworkAcl; gone already is no error. Raises DependencyViolation."""
    _gone_is_fine(_client(clients, account_id, region).delete_network_acl, NetworkAclId=acl_id)


def delete_security_group(clients: Clients, account_id: str, region: str, group_id: str) -> None:
    """DeleteSecurityGroup; gone already is no error. Raises DependencyViolation while another refers to it."""
    _gone_is_fine(_client(clients, account_id, region).delete_security_group, GroupId=group_id)


def delete_vpc(clients: Clients, account_id: str, region: str, vpc_id: str) -> None:
    """DeleteVpc, empty but for its own defaults; gone already is no error. Raises DependencyViolation."""
    _gone_is_fine(_client(clients, account_id, region).delete_vpc, VpcId=vpc_id)


def ebs_encryption(clients: Clients, account_id: str, region: str) -> bool:
    """GetEbsEncryptionByDefault: whether new volumes of the region are encrypted without asking."""
    return bool(_client(clients, account_id, region).get_ebs_encryption_by_default()["EbsEncryptionByDefault"])


def enable_ebs_encryption(clients: Clients, account_id: str, region: str) -> None:
    """EnableEbsEncryptionByDefault: on already is no error."""
    _client(clients, account_id, region).enable_ebs_encryption_by_default()


_GONE = (
    "InvalidInternetGatewayID.NotFound",
    "InvalidSubnetID.NotFound",
    "InvalidRouteTableID.NotFound",
    "InvalidNetworkAclID.NotFound",
    "InvalidGroup.NotFound",
    "InvalidVpcID.NotFound",
)


def _gone_is_fine(delete: Any, *also: str, **what: str) -> None:
    try:
        delete(**what)
    except ClientError as exc:
        if not has_code(exc, *_GONE, *also):
            raise
