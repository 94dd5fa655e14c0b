"""Quarantine and its end: closed from the first minute, opened last of all."""

from datetime import timedelta

import pytest

from audit.services import Actor
from taskqueue.queue import enqueue
from tests.vending.people import approve, ask_for
from tests.vending.steps.account import changes
from vending.aws import policies
from vending.aws.session import clients_from_settings
from vending.choices import RunStatus, StepStatus
from vending.models import Run, StepRun
from vending.services import retry_run
from vending.services.baselines import import_baseline
from vending.steps.lift_quarantine import LiftQuarantine
from vending.steps.quarantine import Quarantine

pytestmark = pytest.mark.django_db

BASELINE = """
steps:
  create_account: {}
  quarantine: {parameters: {policy: quarantine}}
  account_ready: {}
  tags: {}
  lift_quarantine: {}
"""


def attached(account_id):
    return {policy.name for policy in policies.policies_of(clients_from_settings(), account_id)}


def run_of_both(account, policy="quarantine"):
    """A finished run of a quarantine and its end: the rows of the two."""
    first = account.plan(Quarantine, policy=policy)
    second = StepRun.objects.create(
        run=first.run,
        step=LiftQuarantine.name,
        title=LiftQuarantine.title,
        position=1,
        needs=[Quarantine.name],
    )
    enqueue("vending.tasks.advance", first.pk)
    account.drain()
    first.refresh_from_db()
    second.refresh_from_db()
    return first, second


def quarantine(account, policy="quarantine"):
    return run_of_both(account, policy)[0]


def lift(account):
    return run_of_both(account)[1]


def test_the_policy_is_attached_to_the_account(aws, account):
    aws.control.add_fault(operation="DetachPolicy", kind="error", code="AccessDeniedException")
    row = quarantine(account)
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["AttachPolicy"])
    assert "quarantine" in attached(account.id)
    assert "keeps the account closed until the baseline is done" in row.evidence


def test_a_policy_that_is_attached_already_is_adopted(account):
    policy = policies.find_policy(account.clients, "quarantine")
    policies.attach_policy(account.clients, account.id, policy.id)
    row = quarantine(account)
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, [])


def test_without_a_policy_nothing_is_attached(account):
    row = account.run(Quarantine)
    assert (row.status, row.evidence, changes(row)) == (
        StepStatus.SUCCEEDED,
        "No quarantine policy is named.",
        [],
    )


def test_an_account_that_is_in_use_is_never_closed(account):
    account.row.ready_at = account.row.created_at
    account.row.save()
    row = quarantine(account)
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, [])


def test_a_server_error_is_tried_again(aws, account):
    aws.control.add_fault(service="organizations", operation="AttachPolicy", kind="http500")
    row = quarantine(account)
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["AttachPolicy", "AttachPolicy"])


def test_a_policy_that_does_not_exist_is_named_to_a_person(account):
    row = quarantine(account, policy="lockdown")
    assert row.status == StepStatus.FAILED
    assert "no service control policy “lockdown”" in row.problem


def test_a_quarantine_that_nobody_would_lift_is_refused(account):
    row = account.run(Quarantine, policy="quarantine")
    assert row.status == StepStatus.FAILED
    assert "without lift_quarantine" in row.problem
    assert changes(row) == []


def test_lifting_detaches_the_policy(account):
    row = lift(account)
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["DetachPolicy"])
    assert "quarantine" not in attached(account.id)


def test_what_is_lifted_already_is_left_alone(account):
    account.row.ready_at = account.row.created_at
    account.row.save()
    row = lift(account)
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, [])
    assert "it is open" in row.evidence


def test_a_server_error_while_lifting_is_tried_again(aws, account):
    aws.control.add_fault(service="organizations", operation="DetachPolicy", kind="http500")
    row = lift(account)
    assert (row.status, changes(row)) == (StepStatus.SUCCEEDED, ["DetachPolicy", "DetachPolicy"])


def test_a_refusal_to_detach_is_put_to_a_person_and_the_account_stays_closed(aws, account):
    aws.control.add_fault(operation="DetachPolicy", kind="error", code="AccessDeniedException")
    row = lift(account)
    assert row.status == StepStatus.FAILED
    assert "lack of permission" in row.problem
    assert "quarantine" in attached(account.id)


def test_an_account_is_opened_after_all_the_rest(aws, drain):
    import_baseline(text=BASELINE, actor=Actor.system("test"))
    request = ask_for("AVM-1")
    drain()
    approve(request)
    drain()
    run = Run.objects.get()
    assert run.status == RunStatus.SUCCEEDED
    assert "quarantine" not in attached(run.account.account_id)
    order = list(run.steps.order_by("finished_at").values_list("step", flat=True))
    assert order[-1] == "lift_quarantine"


def test_a_failed_run_leaves_the_account_in_quarantine_until_it_is_mended(aws, drain, monkeypatch):
    monkeypatch.setattr("vending.engine.advance.YOUNG", timedelta(0))
    import_baseline(text=BASELINE, actor=Actor.system("test"))
    request = ask_for("AVM-1")
    drain()
    aws.control.add_fault(operation="TagResource", kind="error", code="AccessDeniedException", times=-1)
    approve(request)
    drain()
    run = Run.objects.get()
    assert run.status == RunStatus.FAILED
    assert run.steps.get(step="lift_quarantine").status == StepStatus.BLOCKED
    assert "keeps the account closed" in run.steps.get(step="quarantine").evidence
    assert "quarantine" in attached(run.account.account_id)
    aws.control.clear_faults()
    retry_run(run=run, actor=Actor.person("gus"))
    drain()
    run.refresh_from_db()
    assert run.status == RunStatus.SUCCEEDED
    assert "quarantine" not in attached(run.account.account_id)
