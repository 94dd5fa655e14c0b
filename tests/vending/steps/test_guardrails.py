"""Guardrails: service control policies on the account itself."""

import json

import boto3
import pytest

from tests.vending.steps.account import changes
from vending.aws import policies
from vending.choices import StepStatus
from vending.steps.guardrails import Guardrails

DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "iam:CreateUser", "Resource": "*"}]}


@pytest.fixture
def names(aws):
    """Four policies of the organization, attached to nothing."""
    made = ["deny-users", "deny-regions", "deny-root", "deny-public"]
    for name in made:
        boto3.client("organizations", region_name="eu-central-1").create_policy(
            Name=name, Description=name, Type="SERVICE_CONTROL_POLICY", Content=json.dumps(DENY)
        )
    return made


def attached(account):
    return {policy.name for policy in policies.policies_of(account.clients, account.id)}


def test_every_named_policy_is_attached(account, names):
    row = account.run(Guardrails, policies=names[:2])
    assert (row.status, row.evidence) == (StepStatus.SUCCEEDED, "Attached: deny-users, deny-regions.")
    assert set(names[:2]) <= attached(account)


def test_a_second_run_attaches_nothing(account, names):
    account.run(Guardrails, policies=names[:2])
    again = account.run(Guardrails, policies=names[:2])
    assert (again.status, changes(again)) == (StepStatus.SUCCEEDED, [])


def test_a_policy_that_is_attached_already_is_adopted_and_others_are_left_alone(account, names):
    for name in names[:2]:
        found = policies.find_policy(account.clients, name)
        policies.attach_policy(account.clients, account.id, found.id)
    row = account.run(Guardrails, policies=names[1:3])
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["AttachPolicy"])
    assert set(names[:3]) <= attached(account)


def test_without_policies_aws_is_not_asked(account):
    row = account.run(Guardrails)
    assert row.status == StepStatus.SUCCEEDED
    assert not row.attempts.get().aws_calls.exists()


def test_too_many_policies_are_refused_before_the_first_is_attached(account, names):
    row = account.run(Guardrails, policies=names, most_attached=3)
    assert row.status == StepStatus.FAILED
    assert "AWS takes 3 service control policies on one account" in row.problem
    assert changes(row) == []


def test_aws_own_refusal_of_too_many_is_told_to_a_person(account, names, aws):
    aws.control.add_fault(
        operation="AttachPolicy", kind="error", code="ConstraintViolationException",
        message="MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED: too many",
    )  # fmt: skip
    row = account.run(Guardrails, policies=names[:1])
    assert row.status == StepStatus.FAILED
    assert "as many policies attached as AWS allows" in row.problem


def test_a_change_of_policies_by_somebody_else_is_waited_for(account, names, aws):
    aws.control.add_fault(operation="AttachPolicy", kind="error", code="ConcurrentModificationException")
    row = account.run(Guardrails, policies=names[:1])
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["AttachPolicy", "AttachPolicy"])


def test_a_server_error_is_tried_again(account, names, aws):
    aws.control.add_fault(operation="AttachPolicy", kind="http500")
    row = account.run(Guardrails, policies=names[:1])
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["AttachPolicy", "AttachPolicy"])


def test_a_policy_that_does_not_exist_is_named_to_a_person(account):
    row = account.run(Guardrails, policies=["deny-nothing"])
    assert row.status == StepStatus.FAILED
    assert "no service control policy “deny-nothing”" in row.problem
