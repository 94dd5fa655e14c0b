"""EBS encryption by default."""

from tests.vending.steps.account import changes, struck
from vending.aws import ec2
from vending.choices import StepStatus
from vending.steps.ebs_encryption import EbsEncryption

TWO = ["eu-central-1", "us-east-1"]


def test_new_volumes_are_encrypted_in_every_named_region(account):
    row = account.run(EbsEncryption, regions=TWO)
    assert (row.status, row.evidence) == (
        StepStatus.SUCCEEDED, "New volumes are encrypted in eu-central-1, us-east-1.",
    )  # fmt: skip
    assert all(ec2.ebs_encryption(account.clients, account.id, region) for region in TWO)
    assert not ec2.ebs_encryption(account.clients, account.id, "eu-west-1")


def test_only_what_is_missing_is_switched_on(account):
    ec2.enable_ebs_encryption(account.clients, account.id, "eu-central-1")
    row = account.run(EbsEncryption, regions=TWO)
    assert changes(row) == ["EnableEbsEncryptionByDefault"]


def test_a_second_run_changes_nothing(account):
    account.run(EbsEncryption, regions=TWO)
    again = account.run(EbsEncryption, regions=TWO)
    assert (again.status, changes(again)) == (StepStatus.SUCCEEDED, [])


def test_the_reads_of_all_regions_are_on_record(account):
    row = account.run(EbsEncryption, regions=TWO)
    calls = row.attempts.get().aws_calls.filter(operation="GetEbsEncryptionByDefault")
    assert set(calls.values_list("region", flat=True)) == set(TWO)


def test_an_internal_error_is_tried_again(account):
    account.aws.control.add_fault(kind="http500", operation="EnableEbsEncryptionByDefault")
    assert account.run(EbsEncryption, regions=TWO).status == StepStatus.SUCCEEDED
    assert struck(account.aws)


def test_a_refusal_fails_with_a_sentence(account):
    account.aws.control.add_fault(
        kind="error", operation="EnableEbsEncryptionByDefault", code="UnauthorizedOperation", status=403
    )
    row = account.run(EbsEncryption, regions=TWO)
    assert row.status == StepStatus.FAILED
    assert row.problem.startswith("AWS refused this call for lack of permission.")
    assert struck(account.aws)


def test_a_named_region_that_is_not_enabled_fails_with_a_sentence(account):
    row = account.run(EbsEncryption, regions=["me-south-1"])
    assert row.status == StepStatus.FAILED
    assert "The account cannot use me-south-1." in row.problem
    assert changes(row) == []
