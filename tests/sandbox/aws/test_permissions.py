"""The sandbox's judgement of policies, by IAM's own rules."""

import pytest
from botocore.exceptions import ClientError

from sandbox.aws.permissions import allowed

ACCOUNTS = "arn:aws:organizations::1:account/o-1/*"


def statement(effect="Allow", action="organizations:MoveAccount", resource=ACCOUNTS, **more):
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def test_nothing_is_allowed_that_no_statement_allows():
    assert not allowed([], "iam:ListUsers", "*", {})
    assert not allowed([statement()], "organizations:CloseAccount", "arn:aws:organizations::1:account/o-1/2", {})


def test_a_denial_wins():
    both = [statement(), statement("Deny", "organizations:Move*", "*")]
    assert not allowed(both, "organizations:MoveAccount", "arn:aws:organizations::1:account/o-1/2", {})


def test_a_scoped_resource_is_honoured():
    assert allowed([statement()], "organizations:MoveAccount", "arn:aws:organizations::1:account/o-1/2", {})
    assert not allowed([statement()], "organizations:MoveAccount", "arn:aws:organizations::1:ou/o-1/ou-1", {})


def test_an_action_without_resources_needs_a_star():
    assert not allowed([statement(action="organizations:ListAccounts")], "organizations:ListAccounts", "*", {})


@pytest.mark.parametrize(
    ("operator", "wanted"), [("StringEquals", "one"), ("StringEquals", ["one", "two"]), ("StringLike", "o*")]
)
def test_a_condition_is_honoured(operator, wanted):
    statements = [statement(resource="*", Condition={operator: {"key": wanted}})]
    assert allowed(statements, "organizations:MoveAccount", "*", {"key": "one"})
    assert not allowed(statements, "organizations:MoveAccount", "*", {"key": "three"})
    assert not allowed(statements, "organizations:MoveAccount", "*", {})


@pytest.mark.parametrize("more", [{"NotResource": "*"}, {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}])
def test_what_is_not_imitated_is_said_and_not_passed_over(more):
    with pytest.raises(ValueError, match="does not imitate"):
        allowed([statement(resource="*", **more)], "organizations:MoveAccount", "*", {})


def test_only_with_the_setting_are_sessions_held_to_their_policies(aws):
    role = aws.client("iam").create_role(RoleName="reader", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    taken = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="tests")["Credentials"]
    organizations = aws._connect(
        "organizations", aws_access_key_id=taken["AccessKeyId"],
        aws_secret_access_key=taken["SecretAccessKey"], aws_session_token=taken["SessionToken"],
    )  # fmt: skip
    assert organizations.list_accounts()["Accounts"]
    aws.control.change_settings(enforce_iam=True)
    with pytest.raises(ClientError, match="AccessDeniedException"):
        organizations.list_accounts()
    assert aws.client("organizations").list_accounts()["Accounts"]
