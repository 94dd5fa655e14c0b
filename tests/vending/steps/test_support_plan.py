"""A support case for each account, once."""

from tests.vending.steps.account import changes
from vending.aws import support
from vending.choices import StepStatus
from vending.steps.support_plan import SupportPlan


def cases(account):
    return support.cases_about(account.clients, account.id)


def test_a_case_with_the_account_in_its_subject_asks_for_the_plan(account):
    row = account.run(SupportPlan, plan="Enterprise", emails=["gas@example.com"])
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["CreateCase"])
    [case] = cases(account)
    assert case.subject == f"Add account {account.id} to the Enterprise support plan"
    assert case.id in row.evidence


def test_a_second_run_opens_no_case(account):
    account.run(SupportPlan, plan="Enterprise")
    again = account.run(SupportPlan, plan="Enterprise")
    assert (again.status, changes(again)) == (StepStatus.SUCCEEDED, [])


def test_a_resolved_case_of_ours_is_enough(account):
    row = account.run(SupportPlan, plan="Enterprise")
    [case] = cases(account)
    account.clients.management("support", "us-east-1").resolve_case(caseId=case.id)
    row = account.run(SupportPlan, plan="Enterprise")
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, [])


def test_an_open_case_that_a_person_made_for_the_account_is_adopted(account):
    support.create_case(account.clients, subject=f"Support plan for {account.id}, please", body="Thank you.")
    row = account.run(SupportPlan, plan="Enterprise")
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, [])
    assert "Support plan for" in row.evidence


def test_without_a_plan_no_case_is_opened(account):
    row = account.run(SupportPlan)
    assert row.status == StepStatus.SUCCEEDED
    assert not row.attempts.get().aws_calls.exists()


def test_a_server_error_is_tried_again(account, aws):
    aws.control.add_fault(operation="CreateCase", kind="http500")
    row = account.run(SupportPlan, plan="Enterprise")
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["CreateCase", "CreateCase"])
    assert len(cases(account)) == 1


def test_a_lost_answer_opens_no_second_case(account, aws):
    aws.control.add_fault(operation="CreateCase", kind="drop_answer")
    row = account.run(SupportPlan, plan="Enterprise")
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["CreateCase"])
    assert len(cases(account)) == 1


def test_an_organization_whose_plan_allows_no_cases_is_told_to_ask_by_hand(account, aws):
    aws.control.add_fault(operation="DescribeCases", kind="error", code="SubscriptionRequiredException")
    row = account.run(SupportPlan, plan="Enterprise")
    assert row.status == StepStatus.FAILED
    assert "does not allow cases by API" in row.problem
    assert changes(row) == []
