"""Each wrapper of a service in the management account, against the sandbox."""

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from vending.aws import account, codebuild, identity_center, root, support
from vending.aws.errors import Kind, classify
from vending.aws.session import Clients

from .conftest import REGION


@pytest.fixture
def open_to_root_management(clients):
    clients.management("organizations").enable_aws_service_access(ServicePrincipal="iam.amazonaws.com")
    root.enable_credentials_management(clients)
    root.enable_sessions(clients)


def test_an_opt_in_region_is_switched_on_and_off(clients, member):
    assert account.region_status(clients, member, "eu-south-1") == "DISABLED"
    account.enable_region(clients, member, "eu-south-1")
    assert account.region_status(clients, member, "eu-south-1") == "ENABLED"
    assert account.regions(clients, member)["eu-south-1"] == "ENABLED"
    account.disable_region(clients, member, "eu-south-1")
    assert account.region_status(clients, member, "eu-south-1") == "DISABLED"


def test_an_account_is_renamed_within_what_aws_allows(clients, member):
    account.put_name(clients, member, "log-archive-2")
    assert account.name(clients, member) == "log-archive-2"
    with pytest.raises(ClientError) as refused:
        account.put_name(clients, member, "Größe")
    assert classify(refused.value).kind is Kind.PERMANENT


def test_a_members_primary_email_is_read(clients, member):
    assert account.primary_email(clients, member) == "aws-log-archive@example.com"


def test_root_management_needs_trusted_access_first(clients):
    assert root.enabled_features(clients) == set()
    with pytest.raises(ClientError, match="ServiceAccessNotEnabledException"):
        root.enable_credentials_management(clients)


def test_root_management_is_enabled_for_the_organization(clients, open_to_root_management):
    assert root.enabled_features(clients) == {root.CREDENTIALS, root.SESSIONS}


def test_the_root_user_is_audited_without_naming_a_user(clients, monkeypatch):
    # moto's IAM knows no root user of its own, so the answers are AWS's documented shapes.
    client = Clients(region=REGION).management("iam")
    monkeypatch.setattr(root, "_as_root", lambda *_: client)
    key = {"AccessKeyId": "AKIAROOTROOTROOTROOT", "Status": "Active"}
    with Stubber(client) as stub:
        stub.add_client_error("get_login_profile", "NoSuchEntity", http_status_code=404, expected_params={})
        stub.add_response("list_access_keys", {"AccessKeyMetadata": [key]}, {})
        stub.add_response("list_mfa_devices", {"MFADevices": []}, {})
        stub.add_response("list_signing_certificates", {"Certificates": []}, {})
        found = root.root_credentials(clients, "1" * 12)
    assert found == root.RootCredentials(False, ("AKIAROOTROOTROOTROOT",), (), ())
    assert not found.none


def test_deleting_a_root_password_that_is_not_there_is_told(clients, member, open_to_root_management):
    with pytest.raises(ClientError, match="NoSuchEntity"):
        root.delete_password(clients, member)


def test_a_group_gets_a_permission_set_in_an_account(clients, member):
    where = identity_center.instance(clients)
    made = clients.management("sso-admin").create_permission_set(InstanceArn=where.arn, Name="Admin")
    arn = made["PermissionSet"]["PermissionSetArn"]
    assert identity_center.permission_sets(clients, where) == {"Admin": arn}
    assert identity_center.group_id(clients, where, "AWS-Admins") is None
    group = identity_center.create_group(clients, where, "AWS-Admins", "Administrators of an account")
    assert identity_center.group_id(clients, where, "AWS-Admins") == group
    wanted = identity_center.Assignment(arn, group)
    identity_center.create_assignment(clients, where, member, wanted)
    assert identity_center.assignments(clients, where, member, arn) == {wanted}
    identity_center.delete_assignment(clients, where, member, wanted)
    assert identity_center.assignments(clients, where, member, arn) == set()


def test_a_build_is_started_and_followed(clients):
    assert not codebuild.project_exists(clients, "customize")
    clients.management("codebuild").create_project(
        name="customize",
        source={"type": "S3", "location": "bucket/source.zip"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={"type": "LINUX_CONTAINER", "image": "i", "computeType": "BUILD_GENERAL1_SMALL"},
        serviceRole=f"arn:aws:iam::{clients.management_account_id}:role/service-role/build",
    )
    assert codebuild.project_exists(clients, "customize")
    started = codebuild.start_build(clients, "customize", token="run-1", variables={"ACCOUNT_ID": "1" * 12})
    assert codebuild.build(clients, started.id).id == started.id
    assert codebuild.build(clients, "customize:absent") is None


def test_a_support_case_is_found_again_by_its_subject(clients):
    assert support.available(clients)
    subject = "Add account 111111111111 to the support plan"
    assert support.cases_about(clients, subject) == []
    case_id = support.create_case(clients, subject=subject, body="Please.")
    assert [case.id for case in support.cases_about(clients, subject)] == [case_id]


def test_a_plan_without_cases_by_api_is_an_answer():
    clients = Clients(region=REGION)
    with Stubber(clients.management("support", support.REGION)) as stub:
        stub.add_client_error("describe_cases", "SubscriptionRequiredException", http_status_code=400)
        assert not support.available(clients)
