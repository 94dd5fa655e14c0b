"""Higher quotas, each asked for once."""

from tests.vending.steps.account import changes
from tests.vending.steps.waiting import later, slow
from vending.aws import quotas
from vending.choices import StepStatus
from vending.steps.service_quotas import ServiceQuotas

VPCS = {"service": "vpc", "quota": "L-F678F1CE", "value": 20}
GATEWAYS = {"service": "vpc", "quota": "L-A4707A72", "value": 15, "region": "eu-west-1"}


def requests(account, wanted, region=None):
    return quotas.increases(account.clients, account.id, wanted["service"], wanted["quota"], region)


def test_each_quota_is_asked_for_in_its_region(account):
    row = account.run(ServiceQuotas, quotas=[VPCS, GATEWAYS])
    assert row.status == StepStatus.SUCCEEDED
    assert changes(row) == ["RequestServiceQuotaIncrease", "RequestServiceQuotaIncrease"]
    assert [each.desired for each in requests(account, VPCS)] == [20]
    assert [each.desired for each in requests(account, GATEWAYS, "eu-west-1")] == [15]


def test_a_second_run_asks_for_nothing(account):
    account.run(ServiceQuotas, quotas=[VPCS])
    again = account.run(ServiceQuotas, quotas=[VPCS])
    assert (again.status, changes(again)) == (StepStatus.SUCCEEDED, [])


def test_a_quota_that_is_high_enough_needs_no_request(account):
    row = account.run(ServiceQuotas, quotas=[VPCS | {"value": 5}])
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, [])
    assert row.evidence == "vpc L-F678F1CE to 5: granted."


def test_an_open_request_is_adopted(account, settings):
    with slow(account, settings):
        quotas.request_increase(account.clients, account.id, "vpc", "L-F678F1CE", 30)
        row = account.run(ServiceQuotas, quotas=[VPCS])
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, [])
    assert "requested" in row.evidence


def test_an_open_request_for_less_is_waited_for_and_then_the_quota_is_asked_for(account, settings):
    with slow(account, settings):
        quotas.request_increase(account.clients, account.id, "vpc", "L-F678F1CE", 10)
        row = account.run(ServiceQuotas, quotas=[VPCS])
        assert row.status == StepStatus.WAITING
        assert "takes one at a time" in row.waiting_for
        assert changes(row) == []
    row = later(account, row)
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["RequestServiceQuotaIncrease"])


def test_with_wait_the_step_ends_when_aws_has_granted_it(account, settings):
    with slow(account, settings):
        row = account.run(ServiceQuotas, quotas=[VPCS], wait=True)
        assert row.status == StepStatus.WAITING
        assert row.waiting_for == "AWS has not decided yet about vpc L-F678F1CE to 20."
    row = later(account, row)
    assert (row.status, row.evidence) == (StepStatus.SUCCEEDED, "vpc L-F678F1CE to 20: granted.")
    assert changes(row) == ["RequestServiceQuotaIncrease"]


def test_a_server_error_is_tried_again(account, aws):
    aws.control.add_fault(operation="RequestServiceQuotaIncrease", kind="http500")
    row = account.run(ServiceQuotas, quotas=[VPCS])
    assert row.status == StepStatus.SUCCEEDED
    assert len(requests(account, VPCS)) == 1


def test_a_lost_answer_makes_no_second_request(account, aws):
    aws.control.add_fault(operation="RequestServiceQuotaIncrease", kind="drop_answer")
    row = account.run(ServiceQuotas, quotas=[VPCS])
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["RequestServiceQuotaIncrease"])
    assert len(requests(account, VPCS)) == 1


def test_a_request_that_aws_denied_is_put_to_a_person_and_not_made_again(account, aws, settings):
    with slow(account, settings):
        quotas.request_increase(account.clients, account.id, "vpc", "L-F678F1CE", 20)
        [asked] = aws.world.remember("quota_requests")[account.id, "eu-central-1"].values()
        asked["Status"] = "DENIED"
        row = account.run(ServiceQuotas, quotas=[VPCS])
    assert (row.status, changes(row)) == (StepStatus.FAILED, [])
    assert "AWS did not grant vpc L-F678F1CE to 20" in row.problem


def test_a_quota_that_aws_does_not_know_is_named_to_a_person(account):
    row = account.run(ServiceQuotas, quotas=[VPCS | {"quota": "L-00000000"}])
    assert row.status == StepStatus.FAILED
    assert "AWS knows no quota L-00000000 of the service vpc" in row.problem
