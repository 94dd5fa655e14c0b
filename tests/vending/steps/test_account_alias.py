"""The account's alias."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.vending.steps.account import ReadyAccount, changes, struck
from vending.aws import iam
from vending.choices import StepStatus
from vending.steps.account_alias import AccountAlias, alias_of


def test_the_alias_is_the_accounts_name_by_awss_rules(account):
    row = account.run(AccountAlias)
    assert (row.status, row.evidence) == (StepStatus.SUCCEEDED, "The alias is payments.")


def test_the_template_may_use_other_fields(db, aws, drain):
    account = ReadyAccount(aws, drain, account_name="Shop & Cards (new)")
    account.run(AccountAlias, template="acme-{account_name}-{environment}")
    assert iam.account_alias(account.clients, account.id) == "acme-shop-cards-new-production"


def test_a_second_run_changes_nothing(account):
    account.run(AccountAlias)
    again = account.run(AccountAlias)
    assert (again.status, changes(again)) == (StepStatus.SUCCEEDED, [])


def test_a_name_that_another_account_has_gets_the_accounts_id(account):
    account.aws.control.add_fault(kind="error", operation="CreateAccountAlias", code="EntityAlreadyExists", status=409)
    row = account.run(AccountAlias)
    assert (row.status, row.evidence) == (StepStatus.SUCCEEDED, f"The alias is payments-{account.id}.")
    assert changes(account.run(AccountAlias)) == []
    assert struck(account.aws)


def test_an_alias_that_somebody_set_is_kept(account):
    iam.create_account_alias(account.clients, account.id, "cards")
    row = account.run(AccountAlias)
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, [])
    assert iam.account_alias(account.clients, account.id) == "cards"


def test_an_alias_is_replaced_where_the_baseline_says_so(account):
    iam.create_account_alias(account.clients, account.id, "cards")
    account.run(AccountAlias, keep_existing=False)
    assert iam.account_alias(account.clients, account.id) == "payments"


def test_an_internal_error_is_tried_again(account):
    account.aws.control.add_fault(kind="http500", operation="CreateAccountAlias")
    assert account.run(AccountAlias).status == StepStatus.SUCCEEDED
    assert struck(account.aws)


def test_a_refusal_fails_with_a_sentence(account):
    account.aws.control.add_fault(kind="error", operation="CreateAccountAlias", code="LimitExceeded", status=409)
    row = account.run(AccountAlias)
    assert row.status == StepStatus.FAILED
    assert row.problem.startswith("A quota of this AWS account is used up.")
    assert struck(account.aws)


def test_a_template_with_an_unknown_field_is_refused_on_import():
    with pytest.raises(ValidationError, match="cannot be filled"):
        AccountAlias.Parameters(template="{colour}")


@given(st.text(max_size=120), st.sampled_from(["", "123456789012"]))
def test_every_text_makes_an_alias_that_aws_takes(text, account_id):
    alias = alias_of(text, account_id)
    assert re.fullmatch(r"[a-z0-9](?:[a-z0-9]|-(?!-)){1,61}[a-z0-9]", alias)
    assert not re.fullmatch(r"\d{12}", alias)
