"""The default VPCs go, unless somebody uses them."""

import pytest

from tests.vending.steps.account import changes, operations, struck
from vending.aws import ec2
from vending.choices import StepStatus
from vending.steps.default_vpc import DefaultVpc
from vending.tasks import advance

HERE, THERE = "eu-central-1", "us-east-1"


def vpc(account, region=HERE):
    return ec2.default_vpc(account.clients, account.id, region)


@pytest.fixture(autouse=True)
def gateway(account):
    """AWS's default VPCs have an internet gateway, moto's do not."""
    client = account.client("ec2", HERE)
    made = client.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    client.attach_internet_gateway(InternetGatewayId=made, VpcId=vpc(account).vpc_id)
    return made


def use(account, region=HERE):
    """A network interface in the region's default VPC."""
    subnet = vpc(account, region).subnets[0]
    account.client("ec2", region).create_network_interface(SubnetId=subnet)


def test_the_default_vpc_goes_with_all_its_parts_one_call_at_a_time(account):
    subnets = len(vpc(account).subnets)
    row = account.run(DefaultVpc, regions=[HERE])
    assert (row.status, row.evidence) == (StepStatus.SUCCEEDED, "There is no default VPC in eu-central-1.")
    assert vpc(account) is None
    assert account.client("ec2", HERE).describe_internet_gateways()["InternetGateways"] == []
    assert changes(row) == [
        "DetachInternetGateway", "DeleteInternetGateway", *["DeleteSubnet"] * subnets, "DeleteVpc",
    ]  # fmt: skip


def test_what_was_added_to_an_unused_vpc_goes_too(account):
    """AWS refuses to delete the VPC before all three are gone; moto minds the route table only."""
    account.aws.control.add_fault(kind="error", operation="DeleteVpc", code="DependencyViolation", times=3)
    client, vpc_id = account.client("ec2", HERE), vpc(account).vpc_id
    client.create_route_table(VpcId=vpc_id)
    client.create_network_acl(VpcId=vpc_id)
    client.create_security_group(VpcId=vpc_id, GroupName="web", Description="Web")
    row = account.run(DefaultVpc, regions=[HERE])
    assert row.status == StepStatus.SUCCEEDED, row.problem
    assert {"DeleteRouteTable", "DeleteNetworkAcl", "DeleteSecurityGroup"} <= set(changes(row))


def test_all_regions_are_cleared_in_one_attempt(account):
    row = account.plan(DefaultVpc, regions=[HERE, THERE])
    advance(row.pk)
    row.refresh_from_db()
    assert row.status == StepStatus.SUCCEEDED
    assert (vpc(account, HERE), vpc(account, THERE)) == (None, None)


def test_each_region_is_read_before_and_after_and_not_for_each_change(account):
    row = account.run(DefaultVpc, regions=[HERE, THERE])
    reads = [each for each in operations(row) if each == "DescribeVpcs"]
    assert len(reads) == 2 * 2


def test_other_regions_and_other_vpcs_are_left_alone(account):
    own = account.client("ec2", HERE).create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    account.run(DefaultVpc, regions=[HERE])
    assert vpc(account, "eu-west-1") is not None
    assert [each["VpcId"] for each in account.client("ec2", HERE).describe_vpcs()["Vpcs"]] == [own]


def test_a_second_run_changes_nothing(account):
    account.run(DefaultVpc, regions=[HERE])
    again = account.run(DefaultVpc, regions=[HERE])
    assert (again.status, changes(again)) == (StepStatus.SUCCEEDED, [])


def test_a_vpc_in_use_is_never_touched_and_the_other_regions_are_cleared(account):
    use(account)
    before = vpc(account)
    row = account.run(DefaultVpc, regions=[HERE, THERE])
    assert row.status == StepStatus.FAILED
    assert row.problem.startswith("A default VPC with network interfaces is in use and was left alone: vpc-")
    assert vpc(account) == before
    assert vpc(account, THERE) is None


def test_after_a_crash_the_detached_gateway_is_still_deleted(account, gateway):
    row = account.plan(DefaultVpc, regions=[HERE])
    type(row).objects.filter(pk=row.pk).update(handle=f"{gateway} in {HERE}")
    ec2.detach_internet_gateway(account.clients, account.id, HERE, gateway, vpc(account).vpc_id)
    advance(row.pk)
    account.drain()
    row.refresh_from_db()
    assert row.status == StepStatus.SUCCEEDED
    assert account.client("ec2", HERE).describe_internet_gateways()["InternetGateways"] == []


@pytest.mark.parametrize(
    ("kind", "operation"),
    [("http500", "DetachInternetGateway"), ("drop_answer", "DeleteInternetGateway"), ("throttle", "DeleteVpc")],
)
def test_an_error_that_passes_is_tried_again(account, kind, operation):
    account.aws.control.add_fault(kind=kind, operation=operation)
    row = account.run(DefaultVpc, regions=[HERE])
    assert row.status == StepStatus.SUCCEEDED, row.problem
    assert struck(account.aws)


def test_a_part_that_aws_still_counts_is_waited_for(account):
    account.aws.control.add_fault(kind="error", operation="DeleteVpc", code="DependencyViolation", times=3)
    assert account.run(DefaultVpc, regions=[HERE]).status == StepStatus.SUCCEEDED
    assert struck(account.aws)


def test_something_that_goes_on_hanging_on_the_vpc_fails_with_a_sentence(account):
    account.aws.control.add_fault(kind="error", operation="DeleteVpc", code="DependencyViolation", times=-1)
    row = account.run(DefaultVpc, regions=[HERE])
    assert row.status == StepStatus.FAILED
    assert "Something still hangs on the default VPC" in row.problem


def test_a_refusal_fails_with_a_sentence(account):
    account.aws.control.add_fault(
        kind="error", operation="DetachInternetGateway", code="UnauthorizedOperation", status=403
    )
    row = account.run(DefaultVpc, regions=[HERE])
    assert row.status == StepStatus.FAILED
    assert row.problem.startswith("AWS refused this call for lack of permission.")
    assert struck(account.aws)
