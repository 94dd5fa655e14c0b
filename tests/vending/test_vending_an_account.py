"""A whole run against the sandbox AWS: what the steps do together."""

import boto3
import pytest

from audit.models import Event
from tests.vending.people import approve, ask_for
from vending.choices import RequestStatus, RunStatus
from vending.models import Account, AwsCallRecord, Run

pytestmark = pytest.mark.django_db


def organizations():
    return boto3.client("organizations", region_name="eu-central-1")


def accounts_with(email: str) -> list[dict]:
    pages = organizations().get_paginator("list_accounts").paginate()
    return [a for page in pages for a in page["Accounts"] if a["Email"].lower() == email]


def test_an_approved_request_becomes_one_governed_account(aws, drain):
    request = ask_for("AVM-1", email="payments@example.com")
    drain()
    request.refresh_from_db()
    assert request.status == RequestStatus.AWAITING_APPROVAL
    approve(request)
    drain()
    run = Run.objects.get(request=request)
    assert run.status == RunStatus.SUCCEEDED, [(s.step, s.status, s.problem, s.problem_detail) for s in run.steps.all()]
    [account] = accounts_with("payments@example.com")
    assert Account.objects.get().account_id == account["Id"]
    parent = organizations().list_parents(ChildId=account["Id"])["Parents"][0]["Id"]
    assert (
        organizations().describe_organizational_unit(OrganizationalUnitId=parent)["OrganizationalUnit"]["Name"]
        == "Production"
    )
    tags = {t["Key"]: t["Value"] for t in organizations().list_tags_for_resource(ResourceId=account["Id"])["Tags"]}
    assert tags["CostCenter"] == "4711"
    contact = boto3.client("account", region_name="us-east-1").get_alternate_contact(
        AccountId=account["Id"], AlternateContactType="SECURITY"
    )["AlternateContact"]
    assert contact["EmailAddress"] == "soc@example.com"
    [instance] = boto3.client("cloudformation", region_name="eu-central-1").list_stack_instances(
        StackSetName="account-baseline", StackInstanceAccount=account["Id"]
    )["Summaries"]
    assert instance["Status"] == "CURRENT"


def test_every_mutating_call_is_on_record_with_its_request_id(aws, drain):
    request = ask_for("AVM-1")
    drain()
    approve(request)
    drain()
    calls = AwsCallRecord.objects.filter(mutating=True)
    assert {"CreateAccount", "MoveAccount", "TagResource", "PutAlternateContact", "CreateRole"} <= set(
        calls.values_list("operation", flat=True)
    )
    assert not calls.filter(request_id="").exists()


def test_a_lost_answer_to_create_account_makes_no_second_account(aws, drain):
    aws.control.add_fault(service="organizations", operation="CreateAccount", kind="drop_answer", times=1)
    request = ask_for("AVM-1", email="once@example.com")
    drain()
    approve(request)
    drain()
    assert Run.objects.get().status == RunStatus.SUCCEEDED
    assert len(accounts_with("once@example.com")) == 1


def test_the_events_of_the_request_tell_the_whole_story(aws, drain):
    request = ask_for("AVM-1")
    drain()
    approve(request)
    drain()
    actions = list(Event.objects.filter(ticket="AVM-1").order_by("id").values_list("action", flat=True))
    assert actions[:5] == [
        "request.received", "request.preflight_passed", "request.approved", "run.started", "account.created",
    ]  # fmt: skip
    assert actions[-1] == "run.succeeded"
