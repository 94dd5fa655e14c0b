from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError

from vending.aws import session
from vending.aws.organizations import list_accounts
from vending.aws.recording import is_mutating, record_calls
from vending.aws.session import Clients, Credentials, clients_from_settings

from .conftest import REGION, ROLE


@pytest.fixture
def clients(sandbox):
    """Clients that have called nobody yet."""
    sandbox.world.faults.clear()
    return Clients(region=REGION, management_role_arn=ROLE)


def account_of(client):
    return client.get_caller_identity()["Account"]


def calls_of(sandbox, operation):
    return [call for call in sandbox.control.calls() if call["operation"] == operation]


def test_the_chain_leads_into_a_member_account(clients, member):
    assert account_of(clients.member(member, "sts")) == member
    assert account_of(clients.management("sts")) == clients.management_account_id


def test_the_session_carries_the_requests_name_and_only_its_allowed_characters(clients, member):
    arn = clients.named("GAS-12 (äöü)/1").member(member, "sts").get_caller_identity()["Arn"]
    assert arn.endswith("/GAS-12-------1")


def test_one_session_serves_a_role_until_it_is_about_to_end(clients, member, sandbox):
    before = len(calls_of(sandbox, "AssumeRole"))
    clients.member(member, "iam")
    clients.member(member, "iam")
    clients.member(member, "ssm")
    assert len(calls_of(sandbox, "AssumeRole")) == before + 2  # the management role, and the member's


def test_a_session_about_to_end_is_replaced(clients, member, sandbox, monkeypatch):
    clients.member(member, "iam")
    before = len(calls_of(sandbox, "AssumeRole"))
    monkeypatch.setattr(session, "REFRESH_BEFORE", timedelta(seconds=session.SESSION_SECONDS + 5))
    clients.member(member, "iam")
    assert len(calls_of(sandbox, "AssumeRole")) == before + 2


def test_a_client_that_is_held_keeps_its_account_while_others_use_the_same_service(clients, member):
    held = clients.member(member, "sts")
    assert account_of(clients.management("sts")) == clients.management_account_id
    assert account_of(held) == member


def test_all_accounts_share_what_is_dear_to_make(clients, member):
    assert clients.member(member, "iam").meta is clients.management("iam").meta
    assert clients.management("iam", attempts=1).meta is not clients.management("iam").meta


def test_a_paginator_stays_in_the_account_it_was_asked_for(clients, member):
    pages = clients.member(member, "iam").get_paginator("list_roles").paginate()
    clients.management("iam").list_roles()
    arns = [role["Arn"] for page in pages for role in page["Roles"]]
    assert arns
    assert all(f"::{member}:" in arn for arn in arns)


def test_many_threads_reach_their_own_account(clients, sandbox):
    ids = [account.id for account in list_accounts(clients) if account.active]
    ids = [each for each in ids if each != clients.management_account_id] * 5
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda each: account_of(clients.member(each, "sts")), ids))
    assert found == ids


def test_a_role_that_may_not_be_assumed_is_told_as_aws_tells_it(clients):
    with pytest.raises(ClientError) as refused:
        clients.member("999999999999", "sts")
    assert refused.value.response["Error"]["Code"] == "AccessDenied"


def test_calls_are_recorded_with_where_and_how_they_went(clients, member):
    clients.member(member, "iam")
    with record_calls() as calls:
        clients.member(member, "iam").list_account_aliases()
        with pytest.raises(ClientError):
            clients.member(member, "iam").get_role(RoleName="absent")
    ok, failed = calls
    assert (ok.service, ok.operation, ok.account_id, ok.http_status) == (
        "iam",
        "ListAccountAliases",
        member,
        200,
    )
    assert (failed.operation, failed.error_code, failed.http_status) == ("GetRole", "NoSuchEntity", 404)
    assert ok.request_id
    assert not ok.mutating
    assert ok.duration_ms >= 0
    assert datetime.now(UTC) - ok.at < timedelta(minutes=1)


def test_an_inner_recording_counts_for_the_outer_too(clients):
    with record_calls() as outer:
        with record_calls() as inner:
            clients.management("organizations").list_roots()
        clients.management("organizations").list_roots()
    assert [call.operation for call in inner].count("ListRoots") == 1
    assert [call.operation for call in outer].count("ListRoots") == 2


def test_every_call_can_be_watched_at_its_source(sandbox):
    seen = []
    Clients(region=REGION, on_call=seen.append).management("sts").get_caller_identity()
    assert [call.operation for call in seen] == ["GetCallerIdentity"]


def test_a_record_holds_no_parameters(clients, member):
    with record_calls() as calls:
        clients.member(member, "iam").create_account_alias(AccountAlias="not-to-be-seen")
    assert calls[-1].mutating
    assert "not-to-be-seen" not in repr(calls)


def test_a_change_whose_answer_is_lost_is_not_resent(clients, member, sandbox):
    iam = clients.member(member, "iam")
    sandbox.control.add_fault(kind="drop_answer", operation="CreateGroup", times=1)
    with record_calls() as calls, pytest.raises(ConnectionClosedError):
        iam.create_group(GroupName="once")
    assert iam.get_group(GroupName="once")["Group"]["GroupName"] == "once"
    assert [(call.operation, call.error_code) for call in calls] == [("CreateGroup", "ConnectionClosedError")]
    assert len(calls_of(sandbox, "CreateGroup")) == 1


def test_a_change_that_ends_in_a_server_error_is_not_resent(clients, member, sandbox):
    iam = clients.member(member, "iam")
    before = len(calls_of(sandbox, "DeleteGroup"))
    sandbox.control.add_fault(kind="http500", operation="DeleteGroup", times=2)
    with pytest.raises(ClientError, match="InternalFailure"):
        iam.delete_group(GroupName="never")
    assert len(calls_of(sandbox, "DeleteGroup")) == before + 1


def test_a_read_is_resent_after_a_server_error_and_a_throttled_change_too(clients, member, sandbox):
    iam = clients.member(member, "iam")
    sandbox.control.add_fault(kind="http500", operation="ListGroups", times=1)
    sandbox.control.add_fault(kind="throttle", operation="CreateGroup", times=1)
    with record_calls() as calls:
        iam.list_groups()
        iam.create_group(GroupName="throttled-once")
    assert [call.resent for call in calls] == [1, 1]


def test_a_change_that_was_never_sent_may_be_sent_again(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with record_calls() as calls, pytest.raises(EndpointConnectionError):
        Clients(region=REGION).management("iam").create_group(GroupName="x")
    assert calls[0].error_code == "EndpointConnectionError"
    assert calls[0].http_status == 0


@pytest.mark.parametrize(
    ("operation", "mutating"),
    [
        ("DescribeAccount", False),
        ("ListRoots", False),
        ("AssumeRole", False),
        ("AssumeRoot", False),
        ("CreateAccount", True),
        ("PutAccountName", True),
        ("SomethingNew", True),
    ],
)
def test_an_operation_is_a_change_unless_its_verb_reads(operation, mutating):
    assert is_mutating(operation) is mutating


def test_secrets_stay_out_of_the_repr_of_credentials():
    shown = repr(Credentials("AKIA", "secret", "token", datetime.now(UTC)))
    assert "secret" not in shown
    assert "token" not in shown


def test_the_settings_make_one_set_of_clients(settings):
    settings.AWS_MANAGEMENT_ROLE_ARN = ROLE
    clients_from_settings.cache_clear()
    made = clients_from_settings()
    assert made is clients_from_settings()
    assert made.region == settings.AWS_REGION
    assert made.management_account_id == ROLE.split(":")[4]
    clients_from_settings.cache_clear()
