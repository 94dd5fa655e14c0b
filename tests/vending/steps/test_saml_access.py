"""The way in for people: SAML provider and standard roles."""

import pytest
from pydantic import ValidationError

from tests.vending.steps.account import changes, struck
from tests.vending.steps.federation import metadata
from vending.aws import iam
from vending.choices import StepStatus
from vending.steps import federation_metadata
from vending.steps.saml_access import SamlAccess

READ, AUDIT = "arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/SecurityAudit"
READER = {"name": "ADFS-ReadOnly", "policies": [READ], "max_session_seconds": 7200, "department": "Finance"}
SETTINGS = {"metadata": metadata(), "roles": [READER], "source_identity": "*@example.com"}
BOTH_AUDIENCES = ["https://signin.aws.amazon.com/saml", "https://eu-central-1.signin.aws.amazon.com/saml"]


def boundary(account):
    """A customer-managed boundary in the account, as its ARN in a baseline."""
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    iam.create_policy(account.clients, account.id, "boundary", allow)
    return "arn:aws:iam::{account_id}:policy/boundary"


def reader(account):
    return iam.role(account.clients, account.id, "ADFS-ReadOnly")


def policies(account):
    return iam.attached_policies(account.clients, account.id, "ADFS-ReadOnly")


def with_role(**changed):
    return SETTINGS | {"roles": [READER | changed]}


def test_the_provider_and_the_roles_are_made(account):
    row = account.run(SamlAccess, **SETTINGS)
    assert (row.status, row.evidence) == (
        StepStatus.SUCCEEDED, "The identity provider ADFS is set up; roles: ADFS-ReadOnly.",
    )  # fmt: skip
    assert changes(row) == ["CreateSAMLProvider", "CreateRole", "AttachRolePolicy"]
    role = reader(account)
    assert (role.max_session_seconds, role.tags, policies(account)) == (7200, {"Department": "Finance"}, {READ})


def test_the_trust_has_one_statement_for_each_action(account):
    account.run(SamlAccess, **SETTINGS, audiences=BOTH_AUDIENCES)
    who = {"Effect": "Allow", "Principal": {"Federated": f"arn:aws:iam::{account.id}:saml-provider/ADFS"}}
    assert reader(account).trust["Statement"] == [
        who | {"Action": "sts:AssumeRoleWithSAML", "Condition": {"StringEquals": {"SAML:aud": BOTH_AUDIENCES}}},
        who | {"Action": "sts:TagSession", "Condition": {"StringLike": {"aws:RequestTag/CostCenter": "*"}}},
        who | {"Action": "sts:SetSourceIdentity",
               "Condition": {"StringLike": {"sts:SourceIdentity": "*@example.com"}}},
    ]  # fmt: skip


def test_a_role_has_its_boundary_from_the_first_moment(account):
    row = account.run(SamlAccess, **with_role(boundary=boundary(account)))
    assert reader(account).boundary_arn == f"arn:aws:iam::{account.id}:policy/boundary"
    assert "PutRolePermissionsBoundary" not in changes(row)


def test_a_second_run_changes_nothing(account):
    account.run(SamlAccess, **SETTINGS)
    again = account.run(SamlAccess, **SETTINGS | {"metadata": metadata(document_id="_2", space=" \n")})
    assert (again.status, changes(again)) == (StepStatus.SUCCEEDED, [])


def test_new_metadata_is_brought_in(account):
    account.run(SamlAccess, **SETTINGS)
    row = account.run(SamlAccess, **SETTINGS | {"metadata": metadata(certificate="MIID")})
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["UpdateSAMLProvider"])


def test_a_role_that_exists_is_adopted_and_put_right(account):
    arn = boundary(account)
    iam.create_role(account.clients, account.id, "ADFS-ReadOnly", trust={"Version": "2012-10-17", "Statement": []})
    iam.attach_role_policy(account.clients, account.id, "ADFS-ReadOnly", AUDIT)
    row = account.run(SamlAccess, **with_role(boundary=arn))
    assert row.status == StepStatus.SUCCEEDED
    assert changes(row) == [
        "CreateSAMLProvider", "PutRolePermissionsBoundary", "UpdateAssumeRolePolicy", "UpdateRole", "TagRole",
        "DetachRolePolicy", "AttachRolePolicy",
    ]  # fmt: skip
    assert policies(account) == {READ}


def test_a_boundary_that_somebody_set_is_not_taken_away(account):
    account.run(SamlAccess, **with_role(boundary=boundary(account)))
    row = account.run(SamlAccess, **SETTINGS)
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, [])


@pytest.mark.parametrize(
    ("kind", "operation"),
    [("http500", "CreateRole"), ("throttle", "AttachRolePolicy"), ("drop_answer", "CreateSAMLProvider")],
)
def test_an_error_that_passes_is_tried_again(account, kind, operation):
    account.aws.control.add_fault(kind=kind, operation=operation)
    row = account.run(SamlAccess, **SETTINGS)
    assert row.status == StepStatus.SUCCEEDED, row.problem
    assert struck(account.aws)


def test_a_refusal_fails_with_a_sentence(account):
    account.aws.control.add_fault(kind="error", operation="CreateRole", code="LimitExceeded", status=409)
    row = account.run(SamlAccess, **SETTINGS)
    assert row.status == StepStatus.FAILED
    assert row.problem.startswith("A quota of this AWS account is used up.")
    assert struck(account.aws)


def test_expired_metadata_fails_before_anything_is_changed(account):
    row = account.run(SamlAccess, **SETTINGS | {"metadata": metadata(valid_until="2020-05-01T00:00:00Z")})
    assert (row.status, row.problem_code, changes(row)) == (StepStatus.FAILED, "MetadataExpired", [])


def test_no_metadata_fails_with_a_sentence(account):
    row = account.run(SamlAccess, roles=[READER])
    assert (row.status, row.problem_code) == (StepStatus.FAILED, "NoMetadata")
    assert row.problem.startswith("The baseline names no federation metadata.")


def test_an_address_that_does_not_answer_is_tried_again_and_then_told(account):
    federation_metadata.forget()
    row = account.run(SamlAccess, metadata_url="https://127.0.0.1:9/metadata")
    assert row.status == StepStatus.FAILED
    assert row.attempts.count() > 2
    assert "127.0.0.1 did not answer (ConnectError)" in row.problem


def test_an_address_without_https_is_refused_on_import():
    with pytest.raises(ValidationError, match="must begin with https"):
        SamlAccess.Parameters(metadata_url="http://adfs.example.com/metadata")
