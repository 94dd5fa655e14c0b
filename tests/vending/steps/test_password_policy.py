"""The password policy."""

from tests.vending.steps.account import changes, struck
from vending.aws import iam
from vending.choices import StepStatus
from vending.steps.password_policy import PasswordPolicy


def test_the_policy_is_set(account):
    row = account.run(PasswordPolicy)
    assert row.status == StepStatus.SUCCEEDED
    policy = iam.password_policy(account.clients, account.id)
    assert (policy["MinimumPasswordLength"], policy["PasswordReusePrevention"]) == (14, 24)
    assert policy["RequireSymbols"]
    assert not policy["ExpirePasswords"]


def test_a_second_run_changes_nothing(account):
    account.run(PasswordPolicy, max_age_days=90)
    again = account.run(PasswordPolicy, max_age_days=90)
    assert (again.status, changes(again)) == (StepStatus.SUCCEEDED, [])


def test_a_policy_that_was_weakened_is_set_again(account):
    account.run(PasswordPolicy)
    iam.put_password_policy(account.clients, account.id, {"MinimumPasswordLength": 6})
    row = account.run(PasswordPolicy)
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["UpdateAccountPasswordPolicy"])


def test_an_expiry_that_is_no_longer_wanted_is_taken_away(account):
    account.run(PasswordPolicy, max_age_days=90)
    row = account.run(PasswordPolicy)
    assert changes(row) == ["UpdateAccountPasswordPolicy"]
    assert not iam.password_policy(account.clients, account.id).get("MaxPasswordAge")


def test_a_throttled_call_is_tried_again(account):
    account.aws.control.add_fault(kind="throttle", operation="UpdateAccountPasswordPolicy")
    assert account.run(PasswordPolicy).status == StepStatus.SUCCEEDED
    assert struck(account.aws)


def test_a_refused_policy_fails_with_a_sentence(account):
    account.aws.control.add_fault(kind="error", operation="UpdateAccountPasswordPolicy", code="ValidationError")
    row = account.run(PasswordPolicy)
    assert (row.status, row.problem_code) == (StepStatus.FAILED, "ValidationError")
    assert row.problem == "AWS refused a value as invalid. Correct the request, then retry."
    assert struck(account.aws)
