"""Groups of Identity Center and their permission sets in the account."""

import pytest

from tests.vending.steps.account import changes
from tests.vending.steps.waiting import later, slow
from vending.aws import identity_center
from vending.aws.identity_center import Assignment
from vending.choices import StepStatus
from vending.steps.identity_center import IdentityCenter

WANTED = {"Admin": ["AWS-{account_id}-Admin"], "ReadOnly": ["Auditors"]}


@pytest.fixture
def account(account):
    """The account, in an organization with two permission sets and two groups."""
    where = identity_center.instance(account.clients)
    for name in WANTED:
        account.clients.management("sso-admin").create_permission_set(InstanceArn=where.arn, Name=name)
    for group in (f"AWS-{account.id}-Admin", "Auditors"):
        identity_center.create_group(account.clients, where, group, "For tests")
    return account


def assigned(account, set_name):
    where = identity_center.instance(account.clients)
    arn = identity_center.permission_sets(account.clients, where)[set_name]
    return {each.principal_id for each in identity_center.assignments(account.clients, where, account.id, arn)}


def group(account, name):
    return identity_center.group_id(account.clients, identity_center.instance(account.clients), name)


def test_every_group_gets_its_permission_set(account):
    row = account.run(IdentityCenter, assignments=WANTED)
    assert row.status == StepStatus.SUCCEEDED, row.problem
    assert changes(row) == ["CreateAccountAssignment", "CreateAccountAssignment"]
    assert assigned(account, "Admin") == {group(account, f"AWS-{account.id}-Admin")}
    assert assigned(account, "ReadOnly") == {group(account, "Auditors")}
    assert row.evidence == f"Assigned: Admin to AWS-{account.id}-Admin, ReadOnly to Auditors."


def test_a_second_run_assigns_nothing(account):
    account.run(IdentityCenter, assignments=WANTED)
    again = account.run(IdentityCenter, assignments=WANTED)
    assert (again.status, changes(again)) == (StepStatus.SUCCEEDED, [])


def test_an_assignment_that_is_there_is_adopted(account):
    where = identity_center.instance(account.clients)
    arn = identity_center.permission_sets(account.clients, where)["ReadOnly"]
    wanted = Assignment(arn, group(account, "Auditors"))
    identity_center.create_assignment(account.clients, where, account.id, wanted)
    row = account.run(IdentityCenter, assignments=WANTED)
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["CreateAccountAssignment"])


def test_an_assignment_under_way_is_waited_for_by_its_request_id(account, settings):
    with slow(account, settings):
        row = account.run(IdentityCenter, assignments={"ReadOnly": ["Auditors"]})
        assert row.status == StepStatus.WAITING
        assert row.waiting_for == "Identity Center is assigning ReadOnly to Auditors."
        assert row.handle
        row = later(account, row)
        assert row.status == StepStatus.WAITING
    row = later(account, row)
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["CreateAccountAssignment"])


def test_a_lost_answer_makes_no_second_assignment(account, aws):
    aws.control.add_fault(operation="CreateAccountAssignment", kind="drop_answer")
    row = account.run(IdentityCenter, assignments={"ReadOnly": ["Auditors"]})
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["CreateAccountAssignment"])


def test_another_assignment_under_way_is_no_failure(account, aws):
    aws.control.add_fault(operation="CreateAccountAssignment", kind="error", code="ConflictException")
    row = account.run(IdentityCenter, assignments={"ReadOnly": ["Auditors"]})
    assert row.status == StepStatus.SUCCEEDED


def test_a_server_error_is_tried_again(account, aws):
    aws.control.add_fault(operation="CreateAccountAssignment", kind="http500")
    row = account.run(IdentityCenter, assignments={"ReadOnly": ["Auditors"]})
    assert (row.status, changes(row)) == (
        StepStatus.SUCCEEDED,
        ["CreateAccountAssignment", "CreateAccountAssignment"],
    )


def test_an_assignment_that_fails_is_put_to_a_person_and_can_be_retried(account, aws, settings):
    with slow(account, settings):
        row = account.run(IdentityCenter, assignments={"ReadOnly": ["Auditors"]})
        aws.world.remember("assignments")[row.handle].update(Status="FAILED", FailureReason="Not provisioned.")
        row = later(account, row)
        assert (row.status, row.handle) == (StepStatus.FAILED, "")
        assert "could not make the assignment" in row.problem
        assert row.problem_detail == "Not provisioned."


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"Owner": ["Auditors"]}, "no permission set “Owner”"),
        ({"ReadOnly": ["Nobody"]}, "no group “Nobody”"),
    ],
)
def test_a_name_that_identity_center_does_not_know_is_told(account, wanted, sentence):
    row = account.run(IdentityCenter, assignments=wanted)
    assert (row.status, changes(row)) == (StepStatus.FAILED, [])
    assert sentence in row.problem
