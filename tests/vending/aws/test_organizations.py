import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from vending.aws import organizations, policies
from vending.aws.errors import Kind, classify


@pytest.fixture(scope="module")
def name():
    """A new name for each account of this module."""
    return iter(f"team-{number}" for number in range(100)).__next__


def create(clients, name, **extra):
    return organizations.start_account_creation(clients, name=name, email=f"{name}@example.com", **extra)


def creations_sent(sandbox):
    return [call["operation"] for call in sandbox.control.calls()].count("CreateAccount")


def unit(clients, name):
    root = organizations.root(clients)
    return next(unit for unit in organizations.children(clients, root.id) if unit.name == name)


def test_a_creation_is_followed_by_its_request_id_to_its_account(clients, name):
    started = create(clients, name(), tags={"CostCenter": "4711"})
    assert started.request_id.startswith("car-")
    done = organizations.creation_status(clients, started.request_id)
    assert done.state == "SUCCEEDED"
    assert organizations.tags(clients, done.account_id) == {"CostCenter": "4711"}
    assert started.request_id in {each.request_id for each in organizations.recent_creations(clients)}


def test_a_second_creation_with_the_same_email_fails_with_its_reason(clients, name):
    taken = name()
    create(clients, taken)
    second = create(clients, taken)
    assert organizations.creation_status(clients, second.request_id).failure_reason == "EMAIL_ALREADY_EXISTS"
    failed = organizations.recent_creations(clients, states=["FAILED"])
    assert [each.request_id for each in failed] == [second.request_id]


def test_a_creation_whose_answer_is_lost_is_sent_once_and_found_by_its_email(clients, name, sandbox):
    lost = name()
    before = creations_sent(sandbox)
    sandbox.control.add_fault(kind="drop_answer", operation="CreateAccount", times=1)
    with pytest.raises(ConnectionClosedError):
        create(clients, lost)
    assert creations_sent(sandbox) == before + 1
    assert organizations.find_account_by_email(clients, f"{lost.upper()}@Example.com").name == lost


def test_a_throttled_creation_is_left_to_the_engine(clients, name, sandbox):
    before = creations_sent(sandbox)
    sandbox.control.add_fault(kind="throttle", operation="CreateAccount", times=1)
    with pytest.raises(ClientError) as refused:
        create(clients, name())
    assert creations_sent(sandbox) == before + 1
    assert classify(refused.value).kind in (Kind.LIMIT, Kind.TRANSIENT)


def test_an_unknown_creation_request_is_none(clients):
    assert organizations.creation_status(clients, "car-" + "0" * 32) is None


def test_one_list_serves_many_searches(clients):
    accounts = organizations.list_accounts(clients)
    found = organizations.find_account_by_email(clients, "AWS-log-archive@example.com", among=accounts)
    assert found.state == "ACTIVE"
    assert organizations.find_account_by_email(clients, "nobody@example.com", among=accounts) is None


def test_an_account_is_described_and_an_absent_one_is_none(clients, member):
    assert organizations.describe_account(clients, member).email == "aws-log-archive@example.com"
    assert organizations.describe_account(clients, "999999999999") is None


def test_the_new_field_state_wins_over_the_retired_status():
    account = {"Id": "1", "Status": "ACTIVE", "State": "PENDING_ACTIVATION"}
    assert organizations._account(account).state == "PENDING_ACTIVATION"
    assert organizations._account({"Id": "1", "Status": "SUSPENDED"}).state == "SUSPENDED"


def test_a_closed_account_is_no_longer_active(clients, name):
    started = create(clients, name())
    account_id = organizations.creation_status(clients, started.request_id).account_id
    organizations.close_account(clients, account_id)
    assert not organizations.describe_account(clients, account_id).active


def test_an_account_is_moved_and_its_path_told(clients, name):
    root, workloads = organizations.root(clients), unit(clients, "Workloads")
    made = organizations.create_ou(clients, workloads.id, "Team A")
    started = create(clients, name())
    account_id = organizations.creation_status(clients, started.request_id).account_id
    organizations.move_account(clients, account_id, source=root.id, destination=made.id)
    assert organizations.parent_of(clients, account_id) == made.id
    assert organizations.ou_path(clients, made.id) == "Root/Workloads/Team A"
    assert [account.id for account in organizations.accounts_in(clients, made.id)] == [account_id]
    assert organizations.describe_ou(clients, made.id) == made


def test_the_parent_of_an_unknown_account_and_an_unknown_unit_are_none(clients):
    assert organizations.parent_of(clients, "999999999999") is None
    assert organizations.describe_ou(clients, "ou-aaaa-00000000") is None


def test_the_organization_names_its_management_account(clients):
    assert organizations.organization(clients).management_account_id == clients.management_account_id


def test_tags_are_set_and_taken_away_and_others_left_alone(clients, member):
    before = organizations.tags(clients, member)
    organizations.tag(clients, member, {"Owner": "a@example.com"})
    assert organizations.tags(clients, member) == before | {"Owner": "a@example.com"}
    organizations.untag(clients, member, ["Owner", "NeverThere"])
    assert organizations.tags(clients, member) == before


def test_policies_are_attached_listed_and_detached(clients, member):
    suspended = unit(clients, "Quarantine")
    policy = next(each for each in policies.policies_of(clients, suspended.id) if each.name == "quarantine")
    policies.attach_policy(clients, member, policy.id)
    assert policy in policies.policies_of(clients, member)
    policies.detach_policy(clients, member, policy.id)
    assert policy not in policies.policies_of(clients, member)
