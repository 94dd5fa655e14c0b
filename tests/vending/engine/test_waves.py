"""Waves: one stack-set operation for all accounts then waiting, results fanned back."""

import uuid
from datetime import timedelta

import pytest

from tests.vending.engine.world import GAS
from tests.vending.people import approve, ask_for
from vending.aws import cloudformation
from vending.aws.session import clients_from_settings
from vending.choices import PlaceStatus, RunStatus, StepStatus, WaveStatus
from vending.engine import waves
from vending.models import Run, StackSetPlace, Wave
from vending.services import retry_run
from vending.steps.stack_sets import StackSets

pytestmark = pytest.mark.django_db


def burst(drain, count: int) -> list[Run]:
    """So many approved requests, all the way."""
    requests = [ask_for(f"AVM-{n}", account_name=f"Account {n}", email=f"a{n}@example.com") for n in range(count)]
    drain(2000)
    for request in requests:
        approve(request)
    drain(5000)
    return list(Run.objects.order_by("id"))


def test_accounts_that_wait_together_travel_together(aws, drain):
    runs = burst(drain, 4)
    assert {run.status for run in runs} == {RunStatus.SUCCEEDED}
    assert StackSetPlace.objects.filter(status=PlaceStatus.DEPLOYED).count() == 4
    assert Wave.objects.filter(sent=True).count() < 4


def test_a_failed_instance_fails_only_its_own_run_and_travels_again_after_a_retry(aws, drain):
    aws.control.add_fault(kind="instance", contains="account-baseline", times=1, message="The bucket name is taken.")
    runs = burst(drain, 2)
    assert sorted(run.status for run in runs) == [RunStatus.FAILED, RunStatus.SUCCEEDED]
    failed = next(run for run in runs if run.status == RunStatus.FAILED)
    step = failed.steps.get(step="default_stack_sets")
    assert "The bucket name is taken." in step.problem_detail
    retry_run(run=failed, actor=GAS)
    drain()
    failed.refresh_from_db()
    assert failed.status == RunStatus.SUCCEEDED


def test_an_operation_of_somebody_else_is_waited_for(aws, drain, monkeypatch):
    from botocore.exceptions import ClientError

    refused = []
    real = cloudformation.create_instances

    def busy_once(clients, stack_set, **kwargs):
        if not refused:
            refused.append(kwargs["operation_id"])
            raise ClientError({"Error": {"Code": "OperationInProgressException", "Message": "busy"},
                               "ResponseMetadata": {"HTTPStatusCode": 409}}, "CreateStackInstances")  # fmt: skip
        return real(clients, stack_set, **kwargs)

    monkeypatch.setattr(cloudformation, "create_instances", busy_once)
    [run] = burst(drain, 1)
    assert run.status == RunStatus.SUCCEEDED
    assert len(refused) == 1
    assert list(Wave.objects.order_by("id").values_list("result", flat=True)) == ["NOT_STARTED", "SUCCEEDED"]


def test_a_lost_answer_makes_no_second_operation(aws, drain):
    aws.control.add_fault(service="cloudformation", operation="CreateStackInstances", kind="drop_answer", times=1)
    [run] = burst(drain, 1)
    assert run.status == RunStatus.SUCCEEDED
    wave = Wave.objects.get()
    operations = (
        clients_from_settings()
        .management("cloudformation")
        .list_stack_set_operations(StackSetName="account-baseline")["Summaries"]
    )
    assert [each["OperationId"] for each in operations if each["Action"] == "CREATE"] == [str(wave.operation_id)]


def test_a_stack_set_that_does_not_exist_fails_the_run_with_a_sentence_and_goes_on_after_a_retry(
    aws, drain, monkeypatch
):
    monkeypatch.setattr("vending.aws.ssm.default_stack_sets", lambda clients: ["not-there"])
    [run] = burst(drain, 1)
    step = run.steps.get(step="default_stack_sets")
    assert step.status == StepStatus.FAILED
    monkeypatch.setattr("vending.aws.ssm.default_stack_sets", lambda clients: ["account-baseline"])
    retry_run(run=run, actor=GAS)
    drain()
    run.refresh_from_db()
    assert run.status == RunStatus.SUCCEEDED


def test_a_wave_that_cannot_be_followed_fails_its_runs_in_words_and_can_be_retried(aws, drain, monkeypatch):
    monkeypatch.setattr(cloudformation, "instances_of_account", lambda *_args: [])  # not there yet
    aws.control.add_fault(
        service="cloudformation", operation="DescribeStackSetOperation", kind="error", code="AccessDenied",
        status=403, times=1,
    )  # fmt: skip
    [run] = burst(drain, 1)
    assert run.status == RunStatus.FAILED
    assert "lack of permission" in run.steps.get(step="default_stack_sets").problem
    assert Wave.objects.get().status == WaveStatus.ENDED
    monkeypatch.undo()
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
    retry_run(run=run, actor=GAS)
    drain()
    run.refresh_from_db()
    assert run.status == RunStatus.SUCCEEDED


def test_what_was_deployed_although_nobody_could_follow_it_is_no_failure(aws, drain):
    aws.control.add_fault(
        service="cloudformation", operation="DescribeStackSetOperation", kind="error", code="AccessDenied",
        status=403, times=1,
    )  # fmt: skip
    [run] = burst(drain, 1)
    assert run.status == RunStatus.SUCCEEDED


def test_a_defect_of_ours_ends_a_wave_too(aws, drain, monkeypatch):
    def broken(*_args, **_kwargs):
        raise ValueError("The service-managed stack set needs the accounts' organizational units.")

    monkeypatch.setattr(cloudformation, "create_instances", broken)
    [run] = burst(drain, 1)
    assert run.status == RunStatus.FAILED
    assert "unexpected error" in run.steps.get(step="default_stack_sets").problem


def test_an_operation_that_aws_does_not_know_ends_before_the_patience_of_the_steps(aws, drain, monkeypatch):
    monkeypatch.setattr(cloudformation, "operation", lambda *_args: None)
    monkeypatch.setattr(cloudformation, "instances_of_account", lambda *_args: [])
    monkeypatch.setattr(waves, "PATIENCE", timedelta(0))
    [run] = burst(drain, 1)
    assert "AWS does not know the operation" in run.steps.get(step="default_stack_sets").problem


def test_waves_are_less_patient_than_the_steps_that_wait_for_them():
    assert StackSets.patience > waves.PATIENCE


def test_two_open_waves_of_one_stack_set_are_refused_by_the_database():
    from django.db import IntegrityError

    from taskqueue import clock
    from vending.models import StackSet

    stack_set = StackSet.objects.create(name="one")
    new = {"stack_set": stack_set, "regions": ["eu-central-1"], "started_at": clock.now()}
    Wave.objects.create(operation_id=uuid.uuid4(), **new)
    with pytest.raises(IntegrityError):
        Wave.objects.create(operation_id=uuid.uuid4(), **new)
