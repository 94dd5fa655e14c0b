"""Each wrapper of a service inside a member account, against the sandbox: absent, made, seen again."""

from decimal import Decimal

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from vending.aws import account, budgets, config, ec2, guardduty, iam, quotas, s3control, securityhub, sts
from vending.aws.errors import has_code
from vending.aws.session import Clients

from .conftest import REGION

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}


def metadata(entity):
    padding = "<!-- " + "x" * 1000 + " -->"
    return f'<EntityDescriptor entityID="{entity}">\n  {padding}\n</EntityDescriptor>'


def test_the_portal_knows_who_it_is_here_and_there(clients, member):
    assert sts.identity(clients).account_id == clients.management_account_id
    assert sts.identity_in(clients, member).account_id == member


@pytest.mark.parametrize("kind", account.CONTACT_KINDS)
def test_an_alternate_contact_is_set_and_replaced(clients, member, kind):
    assert account.alternate_contact(clients, member, kind) is None
    contact = account.Contact("A. Person", "Owner", "a@example.com", "+49 1 23")
    account.put_alternate_contact(clients, member, kind, contact)
    assert account.alternate_contact(clients, member, kind) == contact
    other = account.Contact("B. Person", "Deputy", "b@example.com", "+49 1 24")
    account.put_alternate_contact(clients, member, kind, other)
    assert account.alternate_contact(clients, member, kind) == other


def test_the_account_alias_is_set_and_replaced(clients, member):
    assert iam.account_alias(clients, member) is None
    for alias in ("one-alias", "another-alias"):
        iam.create_account_alias(clients, member, alias)
        assert iam.account_alias(clients, member) == alias


def test_the_password_policy_is_none_until_it_is_set(clients, member):
    assert iam.password_policy(clients, member) is None
    iam.put_password_policy(clients, member, {"MinimumPasswordLength": 16})
    assert iam.password_policy(clients, member)["MinimumPasswordLength"] == 16


def test_a_saml_provider_is_made_and_given_new_metadata(clients, member):
    assert iam.saml_provider(clients, member, "ADFS") is None
    arn = iam.create_saml_provider(clients, member, "ADFS", metadata("one"))
    assert arn == iam.saml_provider_arn(member, "ADFS")
    assert iam.same_metadata(iam.saml_provider(clients, member, "ADFS").metadata, metadata("one"))
    iam.update_saml_provider(clients, member, "ADFS", metadata("two"))
    found = iam.saml_provider(clients, member, "ADFS").metadata
    assert iam.same_metadata(found, metadata("two"))
    assert not iam.same_metadata(found, metadata("one"))


def test_metadata_is_compared_without_regard_to_space_around_lines():
    assert iam.same_metadata("<a>\r\n  <b/>\r\n</a>\r\n", "<a>\n<b/>\n</a>")


def test_a_role_is_made_with_its_boundary_and_changed_piece_by_piece(clients, member):
    assert iam.role(clients, member, "ADFS-ReadOnly") is None
    boundary = iam.create_policy(clients, member, "boundary", READ)
    iam.create_role(clients, member, "ADFS-ReadOnly", trust=TRUST, boundary_arn=boundary, tags={"by": "portal"})
    made = iam.role(clients, member, "ADFS-ReadOnly")
    assert (made.trust, made.boundary_arn, made.max_session_seconds) == (TRUST, boundary, 3600)
    changed = TRUST | {"Statement": [TRUST["Statement"][0] | {"Principal": {"Service": "ecs.amazonaws.com"}}]}
    iam.put_trust(clients, member, "ADFS-ReadOnly", changed)
    iam.put_max_session(clients, member, "ADFS-ReadOnly", 7200)
    iam.tag_role(clients, member, "ADFS-ReadOnly", {"Owner": "team"})
    made = iam.role(clients, member, "ADFS-ReadOnly")
    assert (made.trust, made.max_session_seconds) == (changed, 7200)
    assert made.tags == {"by": "portal", "Owner": "team"}


def test_a_boundary_is_put_on_a_role_that_has_none(clients, member):
    arn = iam.create_policy(clients, member, "later-boundary", READ)
    iam.create_role(clients, member, "bare", trust=TRUST)
    iam.put_boundary(clients, member, "bare", arn)
    assert iam.role(clients, member, "bare").boundary_arn == arn


def test_policies_of_a_role_are_attached_detached_and_inlined(clients, member):
    arn = iam.create_policy(clients, member, "reader", READ)
    iam.create_role(clients, member, "reader", trust=TRUST)
    iam.attach_role_policy(clients, member, "reader", arn)
    assert iam.attached_policies(clients, member, "reader") == {arn}
    iam.detach_role_policy(clients, member, "reader", arn)
    assert iam.attached_policies(clients, member, "reader") == set()
    assert iam.inline_policy(clients, member, "reader", "own") is None
    iam.put_inline_policy(clients, member, "reader", "own", READ)
    assert iam.inline_policy(clients, member, "reader", "own") == READ


def test_a_new_version_of_a_policy_becomes_the_default(clients, member):
    arn = iam.create_policy(clients, member, "versions", READ)
    newer = READ | {"Statement": [READ["Statement"][0] | {"Action": "s3:List*"}]}
    iam.add_policy_version(clients, member, arn, newer)
    assert iam.policy_document(clients, member, arn) == newer
    assert iam.policy_document(clients, member, arn + "-absent") is None


def test_an_account_without_users_has_none(clients, member):
    assert iam.list_users(clients, member) == []


def test_a_default_vpc_is_taken_away_part_by_part_and_again_without_harm(clients, member):
    vpc = ec2.default_vpc(clients, member, "eu-west-1")
    assert vpc.subnets
    assert not vpc.in_use
    for _ in range(2):
        for gateway in vpc.internet_gateways:
            ec2.detach_internet_gateway(clients, member, "eu-west-1", gateway, vpc.vpc_id)
            ec2.delete_internet_gateway(clients, member, "eu-west-1", gateway)
        for subnet in vpc.subnets:
            ec2.delete_subnet(clients, member, "eu-west-1", subnet)
        ec2.delete_vpc(clients, member, "eu-west-1", vpc.vpc_id)
    assert ec2.default_vpc(clients, member, "eu-west-1") is None


def test_volumes_are_encrypted_by_default_once_it_is_switched_on(clients, member):
    assert not ec2.ebs_encryption(clients, member, REGION)
    ec2.enable_ebs_encryption(clients, member, REGION)
    assert ec2.ebs_encryption(clients, member, REGION)
    assert REGION in ec2.enabled_regions(clients, member)


def test_public_access_is_blocked_for_the_whole_account(clients, member):
    assert s3control.public_access_block(clients, member) is None
    s3control.put_public_access_block(clients, member)
    assert s3control.public_access_block(clients, member) == s3control.PublicAccessBlock()


def test_a_budget_is_made_with_its_alerts(clients, member):
    assert budgets.budget(clients, member, "monthly") is None
    alert = budgets.Alert(80, ("owner@example.com",))
    budgets.create_budget(clients, member, budgets.Budget("monthly", Decimal("500")), [alert])
    assert budgets.budget(clients, member, "monthly").limit == Decimal("500")


def test_a_budget_gets_a_new_limit_and_stays_a_monthly_cost_budget(monkeypatch):
    # moto does not know UpdateBudget.
    client = Clients(region=REGION).management("budgets")
    monkeypatch.setattr(budgets, "_client", lambda *_: client)
    wanted = {
        "BudgetName": "monthly",
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": "750", "Unit": "USD"},
    }
    with Stubber(client) as stub:
        stub.add_response("update_budget", {}, {"AccountId": "1" * 12, "NewBudget": wanted})
        budgets.update_budget(None, "1" * 12, budgets.Budget("monthly", Decimal("750")))
        stub.assert_no_pending_responses()


def test_the_alerts_of_a_budget_are_read_with_their_addresses(monkeypatch):
    # moto does not know the subscribers of a notification, so the answers are AWS's documented shapes.
    client = Clients(region=REGION).management("budgets")
    monkeypatch.setattr(budgets, "_client", lambda *_: client)
    alert = budgets.Alert(80, ("owner@example.com",), "FORECASTED")
    which = {"AccountId": "1" * 12, "BudgetName": "monthly"}
    notification = budgets._notification(alert)
    with Stubber(client) as stub:
        stub.add_response("describe_notifications_for_budget", {"Notifications": [notification]}, which)
        stub.add_response(
            "describe_subscribers_for_notification",
            {"Subscribers": budgets._subscribers(alert)},
            which | {"Notification": notification},
        )
        assert budgets.alerts(None, "1" * 12, "monthly") == [alert]


def test_guardduty_is_switched_on(clients, member):
    assert guardduty.detector(clients, member, REGION) is None
    detector = guardduty.create_detector(clients, member, REGION)
    assert guardduty.detector(clients, member, REGION) == detector
    assert guardduty.detector_enabled(clients, member, REGION, detector)


def test_security_hub_is_switched_on(clients, member):
    assert not securityhub.enabled(clients, member, REGION)
    securityhub.enable(clients, member, REGION)
    assert securityhub.enabled(clients, member, REGION)


def test_the_recorder_of_a_region_runs_only_after_it_was_started(clients, member):
    assert config.recorder(clients, member, REGION) is None
    role = iam.create_role(clients, member, "config", trust=TRUST)
    config.put_recorder(clients, member, REGION, role, global_resources=True)
    with pytest.raises(ClientError) as refused:
        config.start_recorder(clients, member, REGION)
    assert has_code(refused.value, "NoAvailableDeliveryChannelException")
    clients.member(member, "s3", REGION).create_bucket(
        Bucket="config-log", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    config.put_delivery_channel(clients, member, REGION, "config-log")
    config.start_recorder(clients, member, REGION)
    found = config.recorder(clients, member, REGION)
    assert (found.recording, found.all_resources) == (True, True)
    assert config.delivery_bucket(clients, member, REGION) == "config-log"


def test_a_quota_is_read_and_a_higher_one_asked_for_once(clients, member):
    assert quotas.quota(clients, member, "vpc", "L-F678F1CE") == 5
    assert quotas.increases(clients, member, "vpc", "L-F678F1CE") == []
    asked = quotas.request_increase(clients, member, "vpc", "L-F678F1CE", 20)
    (found,) = quotas.increases(clients, member, "vpc", "L-F678F1CE")
    assert (found.id, found.desired) == (asked.id, 20)
