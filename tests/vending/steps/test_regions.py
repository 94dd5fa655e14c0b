"""Opt-in regions."""

import pytest

from tests.vending.steps.account import changes, struck
from vending.aws import account as account_api
from vending.choices import StepStatus
from vending.steps.regions import AT_ONCE, Regions, WorkRegions, regions_of
from vending.tasks import advance

EIGHT = [
    "af-south-1", "ap-east-1", "ap-south-2", "ap-southeast-3", "ca-west-1", "eu-central-2", "eu-south-1",
    "me-south-1",
]  # fmt: skip


@pytest.fixture(autouse=True)
def all_regions(aws, monkeypatch):
    monkeypatch.setattr(aws.settings, "few_regions", False)


@pytest.fixture
def slow_regions(aws):
    """Enabling takes longer than a test, until the test lets time pass."""
    aws.control.change_settings(time_scale=1)
    yield
    aws.control.change_settings(time_scale=0)


def test_the_wanted_regions_are_enabled(account):
    row = account.run(Regions, regions=["eu-central-2", "eu-south-1"])
    assert (row.status, row.evidence) == (StepStatus.SUCCEEDED, "Enabled: eu-central-2, eu-south-1.")
    known = account_api.regions(account.clients, account.id)
    assert (known["eu-central-2"], known["eu-south-1"]) == ("ENABLED", "ENABLED")


def test_a_second_run_enables_nothing(account):
    account.run(Regions, regions=["eu-central-2"])
    again = account.run(Regions, regions=["eu-central-2", "eu-central-1"])
    assert (again.status, changes(again)) == (StepStatus.SUCCEEDED, [])


def test_a_baseline_without_regions_asks_aws_nothing(account):
    row = account.run(Regions)
    assert row.status == StepStatus.SUCCEEDED
    assert not row.attempts.get().aws_calls.filter(service="account").exists()


def test_the_step_waits_while_aws_enables_a_region(account, slow_regions):
    row = account.plan(Regions, regions=["eu-central-2"])
    advance(row.pk)
    row.refresh_from_db()
    assert row.status == StepStatus.WAITING
    assert row.waiting_for == "AWS is changing eu-central-2, which takes minutes."
    assert changes(row) == ["EnableRegion"]


def test_a_step_without_a_list_works_in_every_region_the_account_can_use(account):
    account_api.enable_region(account.clients, account.id, "eu-central-2")
    regions = regions_of(account.context(WorkRegions()))
    assert {"eu-central-1", "eu-central-2", "us-east-1"} <= set(regions)
    assert "me-south-1" not in regions
    assert regions_of(account.context(WorkRegions(regions=["us-east-1"]))) == ["us-east-1"]


def test_no_more_regions_are_begun_than_aws_takes_at_once(account, slow_regions):
    row = account.plan(Regions, regions=EIGHT)
    advance(row.pk)
    assert changes(row) == ["EnableRegion"] * AT_ONCE
    account.aws.control.change_settings(time_scale=0)
    account.drain()
    row.refresh_from_db()
    assert row.status == StepStatus.SUCCEEDED
    assert changes(row) == ["EnableRegion"] * len(EIGHT)


@pytest.mark.parametrize(
    ("code", "times"), [("TooManyRequestsException", 3), ("ConflictException", Regions.attempts + 2)]
)
def test_a_full_aws_is_waited_for_without_counting_it_as_a_failure(account, code, times):
    account.aws.control.add_fault(kind="error", operation="EnableRegion", code=code, status=429, times=times)
    row = account.run(Regions, regions=["eu-central-2"])
    assert row.status == StepStatus.SUCCEEDED
    assert struck(account.aws)


def test_an_internal_error_is_tried_again(account):
    account.aws.control.add_fault(kind="http500", operation="EnableRegion")
    row = account.run(Regions, regions=["eu-central-2"])
    assert row.status == StepStatus.SUCCEEDED
    assert struck(account.aws)


def test_a_region_that_aws_does_not_have_fails_with_a_sentence(account):
    row = account.run(Regions, regions=["eu-atlantis-1"])
    assert row.status == StepStatus.FAILED
    assert row.problem.startswith("AWS offers this account no region eu-atlantis-1.")
