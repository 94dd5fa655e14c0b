"""The root user of a member: no credentials, by central root access."""

import pytest

from sandbox.aws.gaps.root_user import root_credentials
from tests.vending.steps.account import changes
from vending.aws import root
from vending.choices import StepStatus
from vending.steps.root_access import RootAccess


@pytest.fixture
def managed(account):
    """The account in an organization that manages root access centrally."""
    account.clients.management("organizations").enable_aws_service_access(ServicePrincipal="iam.amazonaws.com")
    root.enable_credentials_management(account.clients)
    root.enable_sessions(account.clients)
    return account


def give_password(account):
    session = root.assume_root(account.clients, account.id, "IAMCreateRootUserPassword")
    account.clients.with_credentials(session, account.id, "iam").create_login_profile()


def test_a_root_user_without_credentials_is_left_alone(managed):
    row = managed.run(RootAccess)
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, [])
    assert row.evidence == "The root user has no password, access key, MFA device or certificate."


def test_a_root_password_is_deleted_and_again_nothing_is(managed):
    give_password(managed)
    row = managed.run(RootAccess)
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["DeleteLoginProfile"])
    again = managed.run(RootAccess)
    assert (again.status, changes(again)) == (StepStatus.SUCCEEDED, [])


def test_every_sort_of_root_credential_is_taken_away_and_the_mfa_device_last(managed, aws):
    root_credentials(aws.world, managed.id).update(
        password=True, keys=["AKIAROOTROOTROOTROOT"], devices=["arn:aws:iam::1:mfa/root"], certificates=["C" * 24]
    )
    row = managed.run(RootAccess)
    assert row.status == StepStatus.SUCCEEDED
    assert changes(row) == [
        "DeleteAccessKey", "DeleteSigningCertificate", "DeleteLoginProfile", "DeactivateMFADevice",
    ]  # fmt: skip
    assert root.root_credentials(managed.clients, managed.id).none


def test_a_server_error_is_tried_again(managed, aws):
    give_password(managed)
    aws.control.add_fault(operation="DeleteLoginProfile", kind="http500")
    row = managed.run(RootAccess)
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["DeleteLoginProfile", "DeleteLoginProfile"])


def test_an_organization_without_central_root_access_is_told_what_to_enable(account):
    row = account.run(RootAccess)
    assert row.status == StepStatus.FAILED
    assert "RootCredentialsManagement and RootSessions off" in row.problem
    assert changes(row) == []


def test_missing_trusted_access_says_the_same(account, aws):
    aws.control.add_fault(operation="ListOrganizationsFeatures", kind="error", code="ServiceAccessNotEnabledException")
    row = account.run(RootAccess)
    assert row.status == StepStatus.FAILED
    assert "does not manage root access centrally" in row.problem


def test_a_refused_root_session_is_put_to_a_person(managed, aws):
    aws.control.add_fault(operation="AssumeRoot", kind="error", code="AccessDenied", status=403)
    row = managed.run(RootAccess)
    assert row.status == StepStatus.FAILED
    assert "lack of permission" in row.problem
