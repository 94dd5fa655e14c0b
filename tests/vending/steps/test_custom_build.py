"""The company's own build: started once, followed to its end."""

import pytest

from audit.services import Actor
from tests.vending.steps.account import changes
from tests.vending.steps.waiting import later, slow
from vending.aws import codebuild
from vending.choices import StepStatus
from vending.services import retry_step
from vending.steps.custom_build import MARK, CustomBuild

GUS = Actor.person("gus")


@pytest.fixture
def account(account):
    """The account, in an organization with the project “customize”."""
    account.clients.management("codebuild").create_project(
        name="customize",
        source={"type": "S3", "location": "company-builds/customize.zip"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={"type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:7.0",
                     "computeType": "BUILD_GENERAL1_SMALL"},
        serviceRole="arn:aws:iam::123456789012:role/build",
    )  # fmt: skip
    return account


def builds(account):
    return account.clients.management("codebuild").list_builds_for_project(projectName="customize")["ids"]


def test_the_project_gets_the_requests_fields_and_its_log_is_linked(account):
    row = account.run(CustomBuild, project="customize")
    assert row.status == StepStatus.SUCCEEDED, row.problem
    build = codebuild.build(account.clients, row.handle)
    assert build.variables["ACCOUNT_ID"] == account.id
    assert build.variables["ACCOUNT_EMAIL"] == "payments@example.com"
    assert build.variables["TICKET"] == "AVM-1"
    assert f"Log: {build.log_url}" in row.evidence
    assert changes(row) == ["StartBuild"]


def test_the_names_of_the_variables_are_the_baselines(account):
    row = account.run(CustomBuild, project="customize", variables={"TARGET": "account_id"})
    variables = codebuild.build(account.clients, row.handle).variables
    assert variables == {"TARGET": account.id, MARK: f"vending-{row.pk}-1"}


def test_a_build_that_runs_is_waited_for_and_not_started_again(account, settings):
    with slow(account, settings):
        row = account.run(CustomBuild, project="customize")
        assert row.status == StepStatus.WAITING
        assert "is running" in row.waiting_for
        row = later(account, row)
        assert row.status == StepStatus.WAITING
    row = later(account, row)
    assert (row.status, changes(row), len(builds(account))) == (StepStatus.SUCCEEDED, ["StartBuild"], 1)


def test_a_lost_answer_starts_no_second_build_even_after_the_token_has_run_out(account, aws, settings):
    aws.control.add_fault(operation="StartBuild", kind="drop_answer")
    with slow(account, settings):
        row = account.run(CustomBuild, project="customize")
        assert (row.status, row.handle, len(builds(account))) == (StepStatus.WAITING, "", 1)
        aws.world.remember("build_tokens").clear()
        row = later(account, row)
        assert row.handle == builds(account)[0]
    row = later(account, row)
    assert (row.status, changes(row), len(builds(account))) == (StepStatus.SUCCEEDED, ["StartBuild"], 1)


def test_a_server_error_is_tried_again(account, aws):
    aws.control.add_fault(operation="StartBuild", kind="http500")
    row = account.run(CustomBuild, project="customize")
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["StartBuild", "StartBuild"])
    assert len(builds(account)) == 1


def test_a_build_that_fails_is_put_to_a_person_with_its_log_and_only_a_retry_starts_another(account):
    row = account.run(CustomBuild, project="customize", variables={"FAIL_BUILD": "ticket"})
    assert row.status == StepStatus.FAILED
    assert "ended as FAILED" in row.problem
    assert "https://console.aws.amazon.com/cloudwatch/" in row.problem
    assert len(builds(account)) == 1
    first = row.handle
    retry_step(step_run=row, actor=GUS)
    account.drain()
    row.refresh_from_db()
    assert (row.handle in builds(account), row.handle != first, len(builds(account))) == (True, True, 2)


def test_without_a_project_nothing_is_built(account):
    row = account.run(CustomBuild)
    assert row.status == StepStatus.SUCCEEDED
    assert not row.attempts.get().aws_calls.exists()


def test_a_project_that_does_not_exist_is_named_to_a_person(account):
    row = account.run(CustomBuild, project="absent")
    assert (row.status, changes(row)) == (StepStatus.FAILED, [])
    assert "no project “absent”" in row.problem


def test_a_variable_of_a_field_that_no_request_has_is_refused(account):
    row = account.run(CustomBuild, project="customize", variables={"COLOUR": "colour"})
    assert (row.status, changes(row)) == (StepStatus.FAILED, [])
    assert "ask for colour" in row.problem
