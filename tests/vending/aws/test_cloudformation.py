import uuid

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from sandbox.aws.credentials import MANAGEMENT
from vending.aws import cloudformation, iam
from vending.aws.errors import Kind, classify, has_code
from vending.aws.session import Clients

from .conftest import REGION

BASELINE = "account-baseline"


def new_id():
    return str(uuid.uuid4())


@pytest.fixture(scope="module")
def member(member, shared):
    """An account with the role that self-managed stack sets need in it."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    iam.create_role(shared, member, "AWSCloudFormationStackSetExecutionRole", trust=trust)
    return member


@pytest.fixture
def baseline(clients):
    return cloudformation.describe(clients, BASELINE)


def deploy(clients, stack_set, accounts, operation_id=None):
    return cloudformation.create_instances(
        clients, stack_set, accounts=accounts, regions=[REGION], operation_id=operation_id or new_id()
    )


def stack_set(**changes):
    values = {
        "name": "s", "id": "s:1", "service_managed": True, "managed_execution": False,
        "auto_deployment": True, "organizational_units": (), "regions": (), "parameters": {},
    }  # fmt: skip
    return cloudformation.StackSet(**values | changes)


def sent(**extra):
    """What a create_instances would send to AWS, by a stub that answers nothing else."""
    clients = Clients(region=REGION, call_as=extra.pop("call_as", "SELF"))
    client = clients.management("cloudformation", attempts=1)
    seen = []
    client.meta.events.register("provide-client-params.*.*", lambda params, **_: seen.append(params))
    with Stubber(client) as stub:
        stub.add_response("create_stack_instances", {"OperationId": "op"})
        cloudformation.create_instances(clients, **extra)
    return seen[0]


def test_a_stack_set_is_described_and_an_absent_one_is_none(clients, baseline):
    assert baseline.name == BASELINE
    assert not baseline.service_managed
    assert cloudformation.stack_set_exists(clients, BASELINE)
    assert not cloudformation.stack_set_exists(clients, "absent")


def test_one_operation_deploys_and_tells_of_each_account(clients, baseline, member):
    operation_id = deploy(clients, baseline, [member])
    assert cloudformation.operation(clients, BASELINE, operation_id).status == "SUCCEEDED"
    (result,) = cloudformation.operation_results(clients, BASELINE, operation_id)
    assert (result.account_id, result.region, result.status) == (member, REGION, "SUCCEEDED")
    (instance,) = cloudformation.instances_of_account(clients, BASELINE, member)
    assert instance.current
    assert instance in cloudformation.instances(clients, BASELINE)
    assert cloudformation.open_operations(clients, BASELINE) == []


def test_the_same_operation_id_tells_that_the_operation_began_already(clients, baseline, member):
    operation_id = deploy(clients, baseline, [member])
    with pytest.raises(ClientError) as refused:
        deploy(clients, baseline, [member], operation_id)
    assert has_code(refused.value, "OperationIdAlreadyExistsException")
    assert classify(refused.value).kind is Kind.TRANSIENT


def test_an_operation_aws_does_not_know_is_none(clients, baseline):
    assert cloudformation.operation(clients, BASELINE, new_id()) is None


def test_an_open_operation_is_seen_and_a_second_one_refused(clients, baseline, member, sandbox):
    scale, sandbox.world.clock.scale = sandbox.world.clock.scale, 60.0
    try:
        operation_id = deploy(clients, baseline, [member])
        assert [each.id for each in cloudformation.open_operations(clients, BASELINE)] == [operation_id]
        assert cloudformation.operation(clients, BASELINE, operation_id).open
        with pytest.raises(ClientError) as refused:
            deploy(clients, baseline, [member])
        assert classify(refused.value).kind is Kind.LIMIT
    finally:
        sandbox.world.clock.scale = scale


def test_instances_are_taken_away(clients, member):
    vault = cloudformation.describe(clients, "backup-vault")
    deploy(clients, vault, [member])
    cloudformation.delete_instances(clients, vault, accounts=[member], regions=[REGION], operation_id=new_id())
    assert cloudformation.instances_of_account(clients, "backup-vault", member) == []


def test_no_failure_of_one_account_holds_up_the_others():
    params = sent(stack_set=stack_set(service_managed=False), accounts=["1" * 12], regions=[REGION], operation_id="op")
    assert params["Accounts"] == ["1" * 12]
    assert params["OperationPreferences"] == {
        "RegionConcurrencyType": "PARALLEL",
        "MaxConcurrentPercentage": 100,
        "FailureTolerancePercentage": 100,
        "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE",
    }
    assert "CallAs" not in params


def test_a_service_managed_stack_set_is_narrowed_to_the_accounts():
    params = sent(
        stack_set=stack_set(), accounts=["1" * 12], regions=[REGION], operation_id="op",
        organizational_units=["ou-ab12-12345678"], parameters={"Zone": "a"}, call_as="DELEGATED_ADMIN",
    )  # fmt: skip
    assert params["DeploymentTargets"] == {
        "OrganizationalUnitIds": ["ou-ab12-12345678"],
        "Accounts": ["1" * 12],
        "AccountFilterType": "INTERSECTION",
    }
    assert params["CallAs"] == "DELEGATED_ADMIN"
    assert params["ParameterOverrides"] == [{"ParameterKey": "Zone", "ParameterValue": "a"}]


def test_an_operation_without_accounts_or_units_is_never_sent(clients):
    with pytest.raises(ValueError, match="at least one account"):
        deploy(clients, stack_set(), [])
    with pytest.raises(ValueError, match="organizational units"):
        deploy(clients, stack_set(), ["1" * 12])
