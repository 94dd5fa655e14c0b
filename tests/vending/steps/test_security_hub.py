"""Security Hub: by itself, or membership."""

import pytest

from tests.vending.steps.account import changes
from vending.aws import organizations, securityhub
from vending.choices import StepStatus
from vending.steps.security_hub import SecurityHub

REGION = "eu-central-1"
BOTH = [REGION, "eu-west-1"]


@pytest.fixture
def administrator(account):
    """The security account, with Security Hub in one region."""
    found = organizations.list_accounts(account.clients)
    tooling = next(each.id for each in found if each.name == "security-tooling")
    securityhub.enable(account.clients, tooling, REGION)
    return tooling


def test_security_hub_is_switched_on_in_every_region(account):
    row = account.run(SecurityHub, regions=BOTH)
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["EnableSecurityHub", "EnableSecurityHub"])
    assert all(securityhub.enabled(account.clients, account.id, region) for region in BOTH)


def test_a_second_run_changes_nothing(account):
    account.run(SecurityHub, regions=BOTH)
    again = account.run(SecurityHub, regions=BOTH)
    assert (again.status, changes(again)) == (StepStatus.SUCCEEDED, [])


def test_the_account_becomes_a_member_of_the_administrator(account, administrator):
    row = account.run(SecurityHub, regions=[REGION], administrator=administrator)
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["CreateMembers"])
    assert row.evidence == f"As a member of {administrator}: eu-central-1 on."


def test_a_member_is_adopted(account, administrator):
    securityhub.create_member(account.clients, administrator, REGION, account.id, account.row.email)
    row = account.run(SecurityHub, regions=[REGION], administrator=administrator)
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, [])


def test_a_server_error_is_tried_again(account, aws):
    aws.control.add_fault(operation="EnableSecurityHub", kind="http500")
    row = account.run(SecurityHub, regions=[REGION])
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["EnableSecurityHub", "EnableSecurityHub"])


def test_an_administrator_without_security_hub_is_named_to_a_person(account, administrator, aws):
    aws.control.add_fault(operation="GetMembers", kind="error", code="InvalidAccessException", status=401)
    row = account.run(SecurityHub, regions=[REGION], administrator=administrator)
    assert row.status == StepStatus.FAILED
    assert f"Security Hub is off in the administrator account {administrator} in eu-central-1" in row.problem
