"""Pre-flight against the sandbox AWS: three accounts, one of them closed, and what the parameters offer."""

from datetime import UTC, datetime

import boto3
import pytest
from botocore.exceptions import ClientError, HTTPClientError

from vending.aws.errors import Fault
from vending.aws.session import clients_from_settings
from vending.choices import AccountOrigin, RequestStatus
from vending.content import apply, clean, content_hash
from vending.models import Account, AccountRequest
from vending.preflight import check

pytestmark = pytest.mark.django_db

REGION = "eu-central-1"
TODAY = datetime(2026, 1, 1, tzinfo=UTC)
RAW = {
    "account_name": "payments",
    "email": "aws-payments@example.com",
    "organizational_unit": "Production",
    "environment": "production",
    "cost_center": "CC-1",
    "owner": "Jane Doe",
    "purpose": "Payments.",
    "optional_stack_sets": ["vpc-standard", "backup-vault"],
}


def results(ticket="AVM-1", **changes):
    return check(clean(RAW | changes), clients_from_settings(), ticket=ticket)


def faults(ticket="AVM-1", **changes):
    return {found.field: found.sentence for found in results(ticket, **changes) if not found.passed}


def store(ticket, status=RequestStatus.AWAITING_APPROVAL, **changes):
    content = clean(RAW | changes)
    request = AccountRequest(ticket=ticket, status=status, received_at=TODAY, changed_at=TODAY)
    apply(request, content)
    request.content_hash = content_hash(content)
    request.save()
    return request


def account_of(request, account_id, email, name="payments"):
    return Account.objects.create(
        account_id=account_id, name=name, email=email, request=request,
        origin=AccountOrigin.VENDED, created_at=TODAY,
    )  # fmt: skip


def create_in_aws(name, email):
    organizations = boto3.client("organizations", region_name=REGION)
    started = organizations.create_account(AccountName=name, Email=email)["CreateAccountStatus"]
    status = organizations.describe_create_account_status(CreateAccountRequestId=started["Id"])
    return status["CreateAccountStatus"]["AccountId"]


def test_a_good_request_passes_every_check_and_each_is_shown(aws):
    found = results()
    assert [result.field for result in found if not result.passed] == []
    assert [result.field for result in found] == [*RAW, "account_quota"]
    assert all(result.sentence for result in found)


def test_rules_and_world_are_reported_together_in_the_order_of_the_form(aws):
    assert list(faults(account_name="Müller", email="aws-security-tooling@example.com", owner="")) == [
        "account_name", "email", "owner",
    ]  # fmt: skip


def test_the_email_of_another_account_is_refused_whatever_its_case(aws):
    sentence = faults(email="AWS-Security-Tooling@Example.com")["email"]
    assert "security-tooling" in sentence
    assert "Choose another address" in sentence


def test_the_email_of_a_closed_account_is_refused(aws):
    assert "legacy-shop" in faults(email="aws-legacy-shop@example.com")["email"]


def test_the_email_of_an_account_that_aws_has_forgotten_is_refused(aws):
    account_of(None, "999999999999", "aws-payments@example.com", name="old-payments")
    assert "old-payments" in faults()["email"]


def test_the_account_that_the_ticket_itself_made_is_no_obstacle(aws):
    request = store("AVM-1", RequestStatus.VENDING)
    account_of(request, create_in_aws("payments", "aws-payments@example.com"), "aws-payments@example.com")
    assert faults(ticket="AVM-1") == {}
    assert set(faults(ticket="AVM-2")) == {"account_name", "email"}


def test_of_two_tickets_with_one_email_only_the_later_is_refused(aws):
    store("AVM-1")
    store("AVM-2")
    assert faults(ticket="AVM-1") == {}
    assert "AVM-1" in faults(ticket="AVM-2")["email"]


def test_an_earlier_ticket_yields_to_a_later_one_that_was_approved(aws):
    store("AVM-1")
    store("AVM-2", RequestStatus.VENDING)
    assert "AVM-2" in faults(ticket="AVM-1")["email"]


@pytest.mark.parametrize("status", [RequestStatus.DECLINED, RequestStatus.CANCELLED])
def test_a_ticket_that_came_to_nothing_does_not_hold_its_email(aws, status):
    store("AVM-1", status)
    assert faults(ticket="AVM-2") == {}


def test_the_name_of_an_active_account_is_refused_and_that_of_a_closed_one_is_not(aws):
    assert "Choose another name" in faults(account_name="security-tooling")["account_name"]
    assert faults(account_name="legacy-shop") == {}


def test_an_unknown_organizational_unit_names_the_choices(aws):
    assert faults(organizational_unit="production")["organizational_unit"] == (
        "The organizational unit “production” is not on offer. "
        "Choose one of: Production, Staging, Development, Sandbox."
    )


def test_an_organizational_unit_that_was_deleted_in_aws_is_refused(aws):
    boto3.client("ssm", region_name=REGION).put_parameter(
        Name="/account-vending/organizational-units", Value='{"Gone": "ou-abcd-12345678"}', Overwrite=True
    )
    assert "does not exist in AWS any more" in faults(organizational_unit="Gone")["organizational_unit"]


def test_a_new_choice_is_known_at_once(aws):
    assert set(faults(optional_stack_sets=["logs"])) == {"optional_stack_sets"}
    boto3.client("ssm", region_name=REGION).put_parameter(
        Name="/account-vending/stack-sets/optional", Value='["logs"]', Overwrite=True
    )
    assert faults(optional_stack_sets=["logs"]) == {}


def test_a_stack_set_that_is_not_on_offer_is_named(aws):
    assert faults(optional_stack_sets="vpc-standard, extra")["optional_stack_sets"] == (
        "These stack sets are not on offer: extra. Choose from: vpc-standard, backup-vault."
    )


def test_a_missing_parameter_is_an_error_and_no_fault_of_the_request(aws):
    boto3.client("ssm", region_name=REGION).delete_parameter(Name="/account-vending/organizational-units")
    with pytest.raises(Fault, match="does not exist"):
        results()


def quota_of(value):
    boto3.client("service-quotas", region_name="us-east-1").request_service_quota_increase(
        ServiceCode="organizations", QuotaCode="L-E619E033", DesiredValue=value
    )


def test_a_full_organization_is_found_beforehand(aws):
    count = len(boto3.client("organizations", region_name=REGION).list_accounts()["Accounts"])
    quota_of(count)
    assert f"has {count} accounts, and AWS allows {count}" in faults()["account_quota"]


def test_room_in_the_organization_is_stated(aws):
    quota_of(50)
    assert results()[-1].sentence.endswith("of at most 50 accounts.")


def test_a_quota_that_cannot_be_known_is_said_so_and_holds_nobody_back(aws):
    aws.control.add_fault(kind="error", service="service-quotas", code="AccessDeniedException")
    assert results()[-1].passed
    assert "cannot be known" in results()[-1].sentence


@pytest.mark.parametrize("operation", ["ListAccounts", "GetParameter", "DescribeOrganizationalUnit"])
def test_where_aws_cannot_be_asked_there_is_no_result(aws, operation):
    aws.control.add_fault(kind="error", operation=operation, code="AccessDeniedException")
    with pytest.raises(ClientError):
        results()


def test_a_lost_connection_gives_no_result(aws):
    aws.control.add_fault(kind="drop_request", operation="ListAccounts", times=-1)
    with pytest.raises(HTTPClientError):
        results()
