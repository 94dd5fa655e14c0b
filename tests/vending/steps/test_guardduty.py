"""GuardDuty: the account's own detectors, or membership."""

import pytest

from tests.vending.steps.account import changes
from vending.aws import guardduty, organizations
from vending.choices import StepStatus
from vending.steps.guardduty import GuardDuty

REGION = "eu-central-1"
BOTH = [REGION, "eu-west-1"]


@pytest.fixture
def administrator(account):
    """The security account, with a detector in one region."""
    found = organizations.list_accounts(account.clients)
    tooling = next(each.id for each in found if each.name == "security-tooling")
    guardduty.create_detector(account.clients, tooling, REGION)
    return tooling


def status(account, administrator):
    detector = guardduty.detector(account.clients, administrator, REGION)
    return guardduty.member_status(account.clients, administrator, REGION, detector, account.id)


def test_a_detector_is_created_in_every_region(account):
    row = account.run(GuardDuty, regions=BOTH)
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["CreateDetector", "CreateDetector"])
    assert row.evidence == "In the account: eu-central-1 on, eu-west-1 on."


def test_a_second_run_changes_nothing(account):
    account.run(GuardDuty, regions=BOTH)
    again = account.run(GuardDuty, regions=BOTH)
    assert (again.status, changes(again)) == (StepStatus.SUCCEEDED, [])


def test_a_detector_that_was_paused_is_switched_on_again(account):
    detector = guardduty.create_detector(account.clients, account.id, REGION)
    account.client("guardduty", REGION).update_detector(DetectorId=detector, Enable=False)
    row = account.run(GuardDuty, regions=[REGION])
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["UpdateDetector"])


def test_the_account_becomes_a_member_of_the_administrator(account, administrator):
    row = account.run(GuardDuty, regions=[REGION], administrator=administrator)
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["CreateMembers"])
    assert status(account, administrator) == "Enabled"
    assert row.evidence == f"As a member of {administrator}: eu-central-1 on."


def test_a_member_is_adopted(account, administrator):
    detector = guardduty.detector(account.clients, administrator, REGION)
    guardduty.create_member(account.clients, administrator, REGION, detector, account.id, account.row.email)
    row = account.run(GuardDuty, regions=[REGION], administrator=administrator)
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, [])


def test_a_member_that_was_paused_is_watched_again(account, administrator):
    account.run(GuardDuty, regions=[REGION], administrator=administrator)
    detector = guardduty.detector(account.clients, administrator, REGION)
    client = account.clients.member(administrator, "guardduty", REGION)
    client.stop_monitoring_members(DetectorId=detector, AccountIds=[account.id])
    row = account.run(GuardDuty, regions=[REGION], administrator=administrator)
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["StartMonitoringMembers"])


def test_a_server_error_is_tried_again(account, administrator, aws):
    aws.control.add_fault(operation="CreateMembers", kind="http500")
    row = account.run(GuardDuty, regions=[REGION], administrator=administrator)
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["CreateMembers", "CreateMembers"])


def test_an_administrator_without_a_detector_is_named_to_a_person(account, administrator):
    row = account.run(GuardDuty, regions=["eu-west-1"], administrator=administrator)
    assert row.status == StepStatus.FAILED
    assert f"administrator account {administrator} has no GuardDuty detector in eu-west-1" in row.problem
