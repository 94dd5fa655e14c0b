"""The block of public access."""

import pytest

from tests.vending.steps.account import changes, struck
from vending.aws import s3control
from vending.aws.s3control import PublicAccessBlock
from vending.choices import StepStatus
from vending.steps.s3_public_access import S3PublicAccess


def test_all_four_parts_are_switched_on(account):
    row = account.run(S3PublicAccess)
    assert row.status == StepStatus.SUCCEEDED
    assert s3control.public_access_block(account.clients, account.id) == PublicAccessBlock(True, True, True, True)


def test_a_second_run_changes_nothing(account):
    account.run(S3PublicAccess)
    again = account.run(S3PublicAccess)
    assert (again.status, changes(again)) == (StepStatus.SUCCEEDED, [])


def test_a_block_that_is_there_is_adopted(account):
    s3control.put_public_access_block(account.clients, account.id)
    assert changes(account.run(S3PublicAccess)) == []


def test_a_block_with_a_hole_is_mended(account):
    s3control.put_public_access_block(account.clients, account.id, PublicAccessBlock(block_public_policy=False))
    row = account.run(S3PublicAccess)
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["PutPublicAccessBlock"])


@pytest.mark.parametrize("kind", ["http500", "drop_answer"])
def test_an_error_that_passes_is_tried_again(account, kind):
    account.aws.control.add_fault(kind=kind, operation="PutPublicAccessBlock")
    assert account.run(S3PublicAccess).status == StepStatus.SUCCEEDED
    assert struck(account.aws)


def test_a_refusal_fails_with_a_sentence(account):
    account.aws.control.add_fault(kind="error", operation="PutPublicAccessBlock", code="AccessDenied", status=403)
    row = account.run(S3PublicAccess)
    assert row.status == StepStatus.FAILED
    assert row.problem.startswith("AWS refused this call for lack of permission.")
    assert struck(account.aws)
