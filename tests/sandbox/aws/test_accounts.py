import json

import pytest
from botocore.exceptions import ClientError


def refused(call, code):
    with pytest.raises(ClientError) as caught:
        call()
    assert caught.value.response["Error"]["Code"] == code
    return caught.value.response


def test_a_creation_is_in_progress_and_its_account_unseen_until_it_succeeds(slow):
    creation = slow.create("shop", Tags=[{"Key": "team", "Value": "shop"}])
    assert creation["State"] == "IN_PROGRESS"
    assert "AccountId" not in creation
    organizations = slow.client("organizations")
    assert "shop" not in [account["Name"] for account in organizations.list_accounts()["Accounts"]]

    done = slow.eventually(lambda: (told := slow.status(creation))["State"] == "SUCCEEDED" and told)

    account = organizations.describe_account(AccountId=done["AccountId"])["Account"]
    assert (account["Name"], account["State"], account["Status"]) == ("shop", "ACTIVE", "ACTIVE")
    tags = organizations.list_tags_for_resource(ResourceId=done["AccountId"])["Tags"]
    assert tags == [{"Key": "team", "Value": "shop"}]
    assert done["CompletedTimestamp"] > done["RequestedTimestamp"]


@pytest.mark.parametrize("code", ["TooManyRequestsException", "ConcurrentModificationException"])
def test_the_sixth_creation_at_once_is_refused(slow, code):
    slow.control.change_settings(creation_least=1000.0, creation_most=1000.0, creation_busy_code=code)
    for number in range(5):
        slow.create(f"busy{number}")
    refused(lambda: slow.create("busy5"), code)
    running = slow.client("organizations").list_create_account_status(States=["IN_PROGRESS"])
    assert len(running["CreateAccountStatuses"]) == 5


@pytest.mark.parametrize("email", ["SHOP@example.com", "aws-legacy-shop@example.com"])
def test_an_email_in_use_even_by_a_closed_account_ends_the_creation_in_failure(aws, email):
    aws.account("shop")
    told = aws.status(aws.create("other", email=email))
    assert (told["State"], told["FailureReason"]) == ("FAILED", "EMAIL_ALREADY_EXISTS")


def test_an_email_of_a_creation_in_flight_is_taken(slow):
    slow.create("shop")
    second = slow.create("again", email="Shop@Example.com")
    told = slow.eventually(lambda: (told := slow.status(second))["State"] != "IN_PROGRESS" and told)
    assert told["FailureReason"] == "EMAIL_ALREADY_EXISTS"


def test_a_name_with_an_umlaut_is_refused(aws):
    refused(lambda: aws.create("Müller", email="mueller@example.com"), "ValidationException")


def test_an_email_of_65_characters_is_refused(aws):
    refused(lambda: aws.create("long", email="x" * 53 + "@example.com"), "ValidationException")


def test_an_email_with_a_forbidden_character_ends_in_invalid_email(aws):
    assert aws.status(aws.create("odd", email="a;b@example.com"))["FailureReason"] == "INVALID_EMAIL"


def test_the_account_quota_is_a_constraint_violation_with_its_reason(aws):
    aws.control.change_settings(account_quota=4)
    told = refused(lambda: aws.create("fifth"), "ConstraintViolationException")
    assert told["Reason"] == "ACCOUNT_NUMBER_LIMIT_EXCEEDED"


def test_listings_of_creations_and_accounts_come_in_pages(aws):
    for number in range(25):
        aws.create(f"many{number}")
    organizations = aws.client("organizations")
    assert organizations.list_accounts()["NextToken"]
    accounts = [a for page in organizations.get_paginator("list_accounts").paginate() for a in page["Accounts"]]
    assert len({account["Id"] for account in accounts}) == 29
    pages = organizations.get_paginator("list_create_account_status").paginate()
    assert len([each for page in pages for each in page["CreateAccountStatuses"]]) == 28


def test_a_new_account_refuses_its_role_for_a_while(slow):
    slow.control.change_settings(unreliable=400.0)
    creation = slow.create("fresh")
    done = slow.eventually(lambda: (told := slow.status(creation))["State"] == "SUCCEEDED" and told)
    refused(lambda: slow.client("iam", done["AccountId"]), "AccessDenied")

    def iam():
        try:
            return slow.client("cloudformation", done["AccountId"])
        except ClientError:
            return None

    cloudformation = slow.eventually(iam)
    refused(cloudformation.list_stacks, "OptInRequired")
    slow.control.change_settings(time_scale=0)
    assert cloudformation.list_stacks()["StackSummaries"] == []


def test_only_roles_that_exist_can_be_assumed(aws):
    account = aws.account("shop")
    assert aws.client("sts", account).get_caller_identity()["Account"] == account
    refused(lambda: aws.client("iam", account, role="nobody"), "AccessDenied")
    refused(lambda: aws.client("iam", "999999999999"), "AccessDenied")


def test_an_external_id_that_the_role_asks_for_must_be_given(aws):
    condition = {"StringEquals": {"sts:ExternalId": "secret"}}
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": "sts:AssumeRole",
        "Condition": condition,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws.client("iam").create_role(RoleName="guarded", AssumeRolePolicyDocument=policy)
    arn = "arn:aws:iam::123456789012:role/guarded"
    sts = aws.client("sts")
    refused(lambda: sts.assume_role(RoleArn=arn, RoleSessionName="tests"), "AccessDenied")
    assert sts.assume_role(RoleArn=arn, RoleSessionName="tests", ExternalId="secret")["Credentials"]


def test_closing_takes_time_and_three_at_once_is_the_limit(slow):
    slow.control.change_settings(time_scale=0)
    accounts = [slow.account(f"old{number}") for number in range(4)]
    slow.control.change_settings(time_scale=0.005)
    organizations = slow.client("organizations")
    for account in accounts[:3]:
        organizations.close_account(AccountId=account)

    def state():
        return organizations.describe_account(AccountId=accounts[0])["Account"]["State"]

    assert state() == "PENDING_CLOSURE"
    told = refused(lambda: organizations.close_account(AccountId=accounts[3]), "ConstraintViolationException")
    assert told["Reason"] == "CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED"
    slow.eventually(lambda: state() == "CLOSED")
    refused(lambda: organizations.close_account(AccountId=accounts[0]), "AccountAlreadyClosedException")
    refused(lambda: slow.client("iam", accounts[0]), "AccessDenied")


def test_an_account_is_moved_only_from_where_it_is(aws):
    account = aws.account("shop")
    organizations = aws.client("organizations")
    root = organizations.list_roots()["Roots"][0]["Id"]
    units = {unit["name"]: unit["id"] for unit in aws.control.state()["organizationalUnits"]}
    move = organizations.move_account
    refused(
        lambda: move(AccountId=account, SourceParentId=units["Staging"], DestinationParentId=units["Sandbox"]),
        "SourceParentNotFoundException",
    )
    move(AccountId=account, SourceParentId=root, DestinationParentId=units["Production"])
    paths = {each["id"]: each["path"] for each in aws.control.state()["accounts"]}
    assert paths[account] == "Root/Workloads/Production"
