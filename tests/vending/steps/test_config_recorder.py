"""AWS Config's recorder, region by region."""

import pytest

from tests.vending.steps.account import changes
from vending.aws import config, iam, organizations
from vending.choices import StepStatus
from vending.steps.config_recorder import SERVICE, ConfigRecorder

REGION, OTHER = "eu-central-1", "eu-west-1"
BUCKET = "company-config"


@pytest.fixture
def account(account):
    """The account, in an organization whose log archive has a bucket."""
    found = organizations.list_accounts(account.clients)
    archive = next(each.id for each in found if each.name == "log-archive")
    account.clients.member(archive, "s3", REGION).create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    return account


def test_role_recorder_delivery_and_start_come_in_this_order(account):
    row = account.run(ConfigRecorder, regions=[REGION], bucket=BUCKET)
    assert (row.status, row.evidence) == (StepStatus.SUCCEEDED, "In the account: eu-central-1 on.")
    assert changes(row) == [
        "CreateServiceLinkedRole", "PutConfigurationRecorder", "PutDeliveryChannel", "StartConfigurationRecorder",
    ]  # fmt: skip
    assert config.delivery_bucket(account.clients, account.id, REGION) == BUCKET


def test_global_resources_are_recorded_in_one_region(account):
    account.run(ConfigRecorder, regions=[REGION, OTHER], bucket=BUCKET, global_region=OTHER)
    groups = [
        account.client("config", region).describe_configuration_recorders()["ConfigurationRecorders"][0]
        for region in (REGION, OTHER)
    ]
    assert [group["recordingGroup"]["includeGlobalResourceTypes"] for group in groups] == [False, True]


def test_a_second_run_changes_nothing(account):
    account.run(ConfigRecorder, regions=[REGION], bucket=BUCKET)
    again = account.run(ConfigRecorder, regions=[REGION], bucket=BUCKET)
    assert (again.status, changes(again)) == (StepStatus.SUCCEEDED, [])


def test_a_recorder_that_was_set_up_by_hand_is_adopted_and_only_started(account):
    iam.create_service_linked_role(account.clients, account.id, SERVICE)
    where = (account.clients, account.id, REGION)
    config.put_recorder(*where, f"arn:aws:iam::{account.id}:role/by-hand", global_resources=True, name="by-hand")
    config.put_delivery_channel(*where, BUCKET)
    row = account.run(ConfigRecorder, regions=[REGION], bucket=BUCKET)
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["StartConfigurationRecorder"])


def test_a_server_error_is_tried_again(account, aws):
    aws.control.add_fault(operation="StartConfigurationRecorder", kind="http500")
    row = account.run(ConfigRecorder, regions=[REGION], bucket=BUCKET)
    assert row.status == StepStatus.SUCCEEDED
    assert changes(row)[-2:] == ["StartConfigurationRecorder", "StartConfigurationRecorder"]


def test_a_baseline_without_a_bucket_is_told_to_name_one(account):
    row = account.run(ConfigRecorder, regions=[REGION])
    assert row.status == StepStatus.FAILED
    assert "names no bucket for AWS Config" in row.problem
