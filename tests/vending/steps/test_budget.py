"""The monthly budget."""

from decimal import Decimal

import pytest

from tests.vending.steps.account import ReadyAccount, changes, struck
from vending.aws import budgets
from vending.aws.budgets import Alert
from vending.choices import StepStatus
from vending.steps.budget import Budget

NAME = "account-vending-monthly"
OWNER = ("otto@example.com",)


@pytest.fixture
def account(db, aws, drain):
    return ReadyAccount(aws, drain, monthly_budget=Decimal("500.00"))


def alerts(account):
    found = budgets.alerts(account.clients, account.id, NAME)
    return {(alert.on, alert.percent): alert.emails for alert in found}


def limit(account):
    return budgets.budget(account.clients, account.id, NAME).limit


def test_the_budget_of_the_request_is_set_and_the_owner_warned(account):
    row = account.run(Budget, also_notify=["finops@example.com"])
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["CreateBudget"])
    assert row.evidence == "The budget is 500.00 USD a month; warned are otto@example.com, finops@example.com."
    assert limit(account) == 500
    both = ("otto@example.com", "finops@example.com")
    assert alerts(account) == {("ACTUAL", 80): both, ("ACTUAL", 100): both, ("FORECASTED", 100): both}


def test_a_request_without_a_budget_is_evidence_enough(db, aws, drain):
    account = ReadyAccount(aws, drain, monthly_budget=None)
    row = account.run(Budget)
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, [])
    assert row.evidence == "The request names no monthly budget, so there is none to set."


def test_a_second_run_changes_nothing(account):
    account.run(Budget)
    again = account.run(Budget)
    assert (again.status, changes(again)) == (StepStatus.SUCCEEDED, [])


def test_a_budget_of_another_amount_is_adopted_and_corrected(account):
    wrong = budgets.Budget(NAME, Decimal("90"))
    budgets.create_budget(account.clients, account.id, wrong, [Alert(80, OWNER), Alert(50, OWNER)])
    row = account.run(Budget)
    assert (row.status, changes(row)) == (
        StepStatus.SUCCEEDED, ["UpdateBudget", "CreateNotification", "CreateNotification"],
    )  # fmt: skip
    assert limit(account) == 500
    assert ("ACTUAL", 50) in alerts(account)  # a warning that somebody added is left alone


def test_warnings_follow_a_new_owner(account):
    account.run(Budget)
    account.request.owner = "new@example.com"
    account.request.save(update_fields=["owner"])
    row = account.run(Budget)
    assert row.status == StepStatus.SUCCEEDED
    assert set(alerts(account).values()) == {("new@example.com",)}


@pytest.mark.parametrize("kind", ["http500", "throttle", "drop_answer"])
def test_an_error_that_passes_is_tried_again(account, kind):
    account.aws.control.add_fault(kind=kind, operation="CreateBudget")
    assert account.run(Budget).status == StepStatus.SUCCEEDED
    assert limit(account) == 500
    assert struck(account.aws)


def test_a_refusal_fails_with_a_sentence(account):
    account.aws.control.add_fault(kind="error", operation="CreateBudget", code="CreationLimitExceededException")
    row = account.run(Budget)
    assert (row.status, row.problem_code) == (StepStatus.FAILED, "CreationLimitExceededException")
    assert row.problem.endswith("then retry.")
    assert struck(account.aws)
