import json

import pytest
from botocore.exceptions import ClientError

WIDE = {
    "MaxConcurrentPercentage": 100,
    "FailureTolerancePercentage": 100,
    "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE",
}
HERE = ["eu-central-1"]


@pytest.fixture
def accounts(aws):
    return [aws.account(f"team{number}") for number in range(3)]


@pytest.fixture
def cloudformation(aws, accounts):
    return aws.client("cloudformation")


def create(cloudformation, accounts, name="account-baseline", regions=HERE, preferences=WIDE, **more):
    return cloudformation.create_stack_instances(
        StackSetName=name, Accounts=accounts, Regions=regions, OperationPreferences=preferences, **more
    )["OperationId"]


def describe(cloudformation, operation, name="account-baseline"):
    return cloudformation.describe_stack_set_operation(StackSetName=name, OperationId=operation)["StackSetOperation"]


def results(cloudformation, operation, name="account-baseline"):
    told = cloudformation.list_stack_set_operation_results(StackSetName=name, OperationId=operation)
    return {each["Account"]: each["Status"] for each in told["Summaries"]}


@pytest.mark.parametrize("name", ["account-baseline", "vpc-standard", "backup-vault"])
def test_the_seeded_stack_sets_deploy_real_resources_into_the_account(aws, cloudformation, accounts, name):
    operation = create(cloudformation, accounts[:1], name)
    assert describe(cloudformation, operation, name)["Status"] == "SUCCEEDED"
    inside = aws.client("cloudformation", accounts[0])
    stack = inside.list_stacks()["StackSummaries"][0]
    made = inside.list_stack_resources(StackName=stack["StackName"])["StackResourceSummaries"]
    assert len(made) >= 2
    assert all(each["PhysicalResourceId"] for each in made)


def test_an_operation_runs_for_a_while_and_its_instances_tell_so(aws, cloudformation, accounts):
    aws.control.change_settings(time_scale=0.005)
    operation = create(cloudformation, accounts)
    assert describe(cloudformation, operation)["Status"] == "RUNNING"
    instance = cloudformation.describe_stack_instance(
        StackSetName="account-baseline", StackInstanceAccount=accounts[0], StackInstanceRegion=HERE[0]
    )["StackInstance"]
    assert (instance["Status"], instance["StackInstanceStatus"]["DetailedStatus"]) == ("OUTDATED", "RUNNING")

    done = aws.eventually(lambda: (told := describe(cloudformation, operation))["Status"] != "RUNNING" and told)

    assert done["Status"] == "SUCCEEDED"
    summaries = cloudformation.list_stack_instances(StackSetName="account-baseline")["Summaries"]
    assert [(each["Status"], each["StackInstanceStatus"]["DetailedStatus"]) for each in summaries] == [
        ("CURRENT", "SUCCEEDED")
    ] * 3
    assert aws.control.state()["operations"][-1]["seconds"] == pytest.approx(60, abs=1)


def test_a_second_operation_on_the_same_stack_set_is_refused_while_one_runs(aws, cloudformation, accounts):
    aws.control.change_settings(time_scale=0.005)
    create(cloudformation, accounts[:1])
    with pytest.raises(cloudformation.exceptions.OperationInProgressException) as caught:
        create(cloudformation, accounts[1:])
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 409
    create(cloudformation, accounts[1:], name="vpc-standard")


def test_the_same_operation_id_again_is_refused(cloudformation, accounts):
    create(cloudformation, accounts, OperationId="wave-1")
    with pytest.raises(cloudformation.exceptions.OperationIdAlreadyExistsException):
        create(cloudformation, accounts, OperationId="wave-1")


def test_by_default_one_account_after_the_other(aws, cloudformation, accounts):
    aws.control.change_settings(time_scale=0.005)
    operation = create(cloudformation, accounts, preferences={})
    assert sorted(results(cloudformation, operation).values()) == ["PENDING", "PENDING", "RUNNING"]
    aws.eventually(lambda: describe(cloudformation, operation)["Status"] == "SUCCEEDED")
    assert aws.control.state()["operations"][-1]["seconds"] == pytest.approx(180, abs=2)


def test_without_the_execution_role_the_instance_fails_and_with_tolerance_the_others_go_on(
    aws, cloudformation, accounts
):
    bare = aws.account("bare", execution_role=False)
    operation = create(cloudformation, [bare, *accounts])
    assert describe(cloudformation, operation)["Status"] == "SUCCEEDED"
    told = results(cloudformation, operation)
    assert told[bare] == "FAILED"
    assert {told[account] for account in accounts} == {"SUCCEEDED"}


def test_without_tolerance_a_failure_cancels_what_has_not_started(aws, cloudformation, accounts):
    bare = aws.account("bare", execution_role=False)
    operation = create(cloudformation, [bare, *accounts], preferences={})
    assert describe(cloudformation, operation)["Status"] == "FAILED"
    assert results(cloudformation, operation) == {bare: "FAILED"} | dict.fromkeys(accounts, "CANCELLED")


def test_an_update_of_the_template_reaches_the_instances(aws, cloudformation, accounts):
    create(cloudformation, accounts[:1], name="vpc-standard")
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "new"}}
    template = json.dumps({"Resources": {"Queue": queue}})
    cloudformation.update_stack_set(StackSetName="vpc-standard", TemplateBody=template)
    assert "/new" in aws.client("sqs", accounts[0]).list_queues()["QueueUrls"][0]


@pytest.mark.parametrize(("retain", "left"), [(True, 1), (False, 0)])
def test_deleting_an_instance_removes_the_stack_unless_it_is_retained(aws, cloudformation, accounts, retain, left):
    create(cloudformation, accounts[:1])
    cloudformation.delete_stack_instances(
        StackSetName="account-baseline", Accounts=accounts[:1], Regions=HERE, RetainStacks=retain
    )
    assert cloudformation.list_stack_instances(StackSetName="account-baseline")["Summaries"] == []
    assert len(aws.client("s3", accounts[0]).list_buckets()["Buckets"]) == left


def test_a_service_managed_set_reaches_only_the_named_accounts_of_the_unit(aws, cloudformation, accounts):
    units = {unit["name"]: unit["id"] for unit in aws.control.state()["organizationalUnits"]}
    for account in accounts[:2]:
        aws.client("organizations").move_account(
            AccountId=account, SourceParentId=units["Root"], DestinationParentId=units["Staging"]
        )
    cloudformation.create_stack_set(
        StackSetName="managed",
        PermissionModel="SERVICE_MANAGED",
        AutoDeployment={"Enabled": False},
        TemplateBody='{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}',
    )
    target = {
        "OrganizationalUnitIds": [units["Workloads"]],
        "Accounts": [accounts[0], accounts[2]],
        "AccountFilterType": "INTERSECTION",
    }
    operation = cloudformation.create_stack_instances(StackSetName="managed", DeploymentTargets=target, Regions=HERE)[
        "OperationId"
    ]
    assert results(cloudformation, operation, "managed") == {accounts[0]: "SUCCEEDED"}
    assert aws.client("sns", accounts[0]).list_topics()["Topics"]


def test_a_planned_fault_fails_one_instance(aws, cloudformation, accounts):
    aws.control.add_fault(kind="instance", contains="account-baseline", account=accounts[1], message="No space")
    told = results(cloudformation, create(cloudformation, accounts))
    assert told[accounts[1]] == "FAILED"
    assert list(told.values()).count("SUCCEEDED") == 2


def test_an_unknown_stack_set_is_not_found(cloudformation):
    with pytest.raises(ClientError, match="StackSetNotFoundException"):
        cloudformation.list_stack_instances(StackSetName="nothing")
