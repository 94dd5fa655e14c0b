import time

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

CALLS = [
    ("organizations", lambda client: client.list_roots()),
    ("cloudformation", lambda client: client.list_stack_sets()),
    ("sts", lambda client: client.get_caller_identity()),
    ("iam", lambda client: client.list_roles()),
    ("account", lambda client: client.get_alternate_contact(AlternateContactType="BILLING")),
    ("ec2", lambda client: client.describe_vpcs()),
    ("s3", lambda client: client.list_buckets()),
    ("ssm", lambda client: client.describe_parameters()),
    ("sesv2", lambda client: client.list_email_identities()),
    ("sso-admin", lambda client: client.list_instances()),
]


@pytest.mark.parametrize(("service", "call"), CALLS, ids=[service for service, _ in CALLS])
def test_an_injected_error_reaches_boto3_with_its_code_whatever_the_protocol(aws, service, call):
    aws.control.add_fault(kind="error", service=service, code="SomethingWrong", message="Planned", status=409)
    with pytest.raises(ClientError) as caught:
        call(aws.client(service))
    assert caught.value.response["Error"] == caught.value.response["Error"] | {
        "Code": "SomethingWrong",
        "Message": "Planned",
    }
    metadata = caught.value.response["ResponseMetadata"]
    assert metadata["HTTPStatusCode"] == 409
    assert metadata["RequestId"] == aws.control.calls()[-1]["requestId"]


@pytest.mark.parametrize(
    ("service", "code"),
    [
        ("organizations", "TooManyRequestsException"),
        ("cloudformation", "Throttling"),
        ("ec2", "RequestLimitExceeded"),
        ("ssm", "ThrottlingException"),
    ],
)
def test_throttling_is_told_in_the_services_own_words(aws, service, code):
    aws.control.add_fault(kind="throttle", service=service)
    with pytest.raises(ClientError) as caught:
        dict(CALLS)[service](aws.client(service))
    assert caught.value.response["Error"]["Code"] == code


def test_a_lost_answer_leaves_the_account_made(aws):
    aws.control.add_fault(kind="drop_answer", operation="CreateAccount")
    with pytest.raises(ConnectionClosedError):
        aws.create("shop")
    assert "shop" in [each["name"] for each in aws.control.state()["accounts"]]


def test_a_lost_request_leaves_nothing(aws):
    aws.control.add_fault(kind="drop_request", operation="CreateAccount")
    with pytest.raises(ConnectionClosedError):
        aws.create("shop")
    assert aws.control.state()["creations"][-1]["AccountName"] != "shop"
    assert aws.status(aws.create("shop"))["State"] == "SUCCEEDED"


def test_a_fault_strikes_after_so_many_calls_and_so_often_and_only_where_it_matches(aws):
    aws.control.add_fault(kind="http500", service="organizations", contains='"shop', after=1, times=2)
    seen = []
    for name in ("shop1", "shop2", "other", "shop3", "shop4"):
        try:
            aws.create(name)
        except ClientError as problem:
            seen.append((name, problem.response["ResponseMetadata"]["HTTPStatusCode"]))
    assert seen == [("shop2", 500), ("shop3", 500)]
    assert aws.control.state()["faults"][0]["hits"] == 2


def test_a_fault_may_strike_one_call_in_so_many(aws):
    aws.control.add_fault(kind="error", code="ServiceException", operation="ListRoots", every=4, times=-1)
    organizations = aws.client("organizations")
    outcomes = []
    for _ in range(9):
        try:
            organizations.list_roots()
            outcomes.append("ok")
        except ClientError:
            outcomes.append("error")
    assert outcomes == ["error", "ok", "ok", "ok"] * 2 + ["error"]


def test_a_delay_is_counted_in_aws_seconds(slow):
    slow.control.add_fault(kind="delay", operation="ListRoots", seconds=40)
    start = time.monotonic()
    slow.client("organizations").list_roots()
    assert 0.2 <= time.monotonic() - start < 2


def test_rates_throttle_a_burst_and_let_calls_through_again(aws):
    aws.control.change_settings(rates=True, time_scale=1.0)
    account = aws.client("account")

    def read():
        try:
            account.get_account_information()
        except ClientError as problem:
            return problem.response["Error"]["Code"]
        return "ok"

    outcomes = [read() for _ in range(15)]
    assert outcomes[:8] == ["ok"] * 8
    assert "TooManyRequestsException" in outcomes
    assert aws.control.state()["throttled"]["account.GetAccountInformation"] >= 1
    aws.eventually(lambda: read() == "ok")


def test_a_call_nobody_imitates_is_a_client_error_that_says_so(aws):
    with pytest.raises(ClientError, match="does not imitate controlcatalog") as caught:
        aws.client("controlcatalog").list_controls()
    assert caught.value.response["Error"]["Code"] == "NotImplemented"
