"""The process dies at every boundary of a whole run, one after the other: before and after each commit and each
AWS call. After a restart the run ends ready, with one account, each effect once, the record complete."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from django.core.management import call_command
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper

from audit import sealing
from audit.models import Event, Seal
from audit.services import Actor
from taskqueue import clock
from tests.vending.people import approve, ask_for
from vending.choices import RequestStatus, RunStatus
from vending.engine import sweeper
from vending.models import Account, AccountRequest, Run, StackSet, StepRun
from vending.services import requests as request_services
from vending.services.baselines import import_baseline

BASELINE = """
steps:
  create_account: {}
  account_ready: {}
  organizational_unit: {}
  tags: {}
  alternate_contacts: {}
  stack_set_role: {}
  default_stack_sets: {}
  optional_stack_sets: {}
"""


class Death(BaseException):
    """The process is gone: nothing of the product catches this."""


class Boundaries:
    """Counts the boundaries that are passed, and dies at one of them."""

    def __init__(self, fatal: int | None = None) -> None:
        self.fatal, self.passed, self.where = fatal, 0, ""

    def reach(self, where: str) -> None:
        self.passed += 1
        if self.passed == self.fatal:
            self.where = where
            connection.close()  # as the death of a process does; what was not committed is gone
            raise Death(where)


@contextmanager
def watched(monkeypatch: pytest.MonkeyPatch, boundaries: Boundaries) -> Iterator[None]:
    commit, call = DatabaseWrapper._commit, BaseClient._make_api_call

    def fatal_commit(self: Any) -> Any:
        boundaries.reach("before a commit")
        result = commit(self)
        boundaries.reach("after a commit")
        return result

    def fatal_call(self: Any, name: str, kwargs: Any) -> Any:
        boundaries.reach(f"before {name}")
        result = call(self, name, kwargs)
        boundaries.reach(f"after {name}")
        return result

    with monkeypatch.context() as patch:
        patch.setattr(DatabaseWrapper, "_commit", fatal_commit)
        patch.setattr(BaseClient, "_make_api_call", fatal_call)
        yield


def restart(drain: Callable[..., int]) -> None:
    """What a new process finds: leases that ran out, messages that are lost, and a sweeper."""
    past = clock.now() - timedelta(minutes=2)
    StepRun.objects.filter(status="running").update(lease_until=past)
    StackSet.objects.filter(lease__isnull=False).update(lease_until=past)
    StepRun.objects.filter(status__in=["ready", "waiting"], due_at__isnull=False).update(due_at=past)
    StackSet.objects.filter(due_at__isnull=False).update(due_at=past)
    AccountRequest.objects.update(changed_at=past)
    request_services.sweep()
    sweeper.sweep()
    drain()


def live_through(monkeypatch: pytest.MonkeyPatch, drain: Callable[..., int], fatal: int | None) -> Boundaries:
    """A request from its filing to the end of its run, with one death on the way."""
    request = ask_for("AVM-1", email="once@example.com", optional_stack_sets=["vpc-standard"])
    drain()
    approve(request)
    boundaries = Boundaries(fatal)
    try:
        with watched(monkeypatch, boundaries):
            drain()
    except Death:
        pass
    for _ in range(4):
        if Run.objects.filter(status=RunStatus.SUCCEEDED).exists():
            break
        restart(drain)
    return boundaries


def accounts_with(email: str) -> list[dict[str, Any]]:
    client = boto3.client("organizations", region_name="eu-central-1")
    return [
        a for page in client.get_paginator("list_accounts").paginate() for a in page["Accounts"] if a["Email"] == email
    ]


def assert_all_is_well(where: str) -> None:
    run = Run.objects.get()
    assert run.status == RunStatus.SUCCEEDED, (
        where,
        [(s.step, s.status, s.problem) for s in run.steps.all()],
    )
    assert AccountRequest.objects.get().status == RequestStatus.READY, where
    assert len(accounts_with("once@example.com")) == 1, where
    assert Account.objects.count() == 1, where
    told = Counter(Event.objects.values_list("action", "target_id"))
    assert set(told.values()) == {1}, (where, told)
    assert Event.objects.filter(action="step.succeeded").count() == run.steps.count(), where
    assert Event.objects.order_by("-id").first().action == "run.succeeded", where
    seal_everything()
    verdict = sealing.verify()
    assert (verdict.problem, verdict.checked) == ("", Event.objects.count()), where


def seal_everything() -> None:
    """A transaction of anybody on the same server holds the horizon back; it ends."""
    for _ in range(1200):
        sealing.seal()
        if Seal.objects.count() == Event.objects.count():
            return
        time.sleep(0.1)


@pytest.fixture
def first_day(transactional_db: None, aws: Any) -> None:
    import_baseline(text=BASELINE, actor=Actor.system("test"))


@pytest.mark.usefixtures("first_day")
@pytest.mark.parametrize("fatal", range(1, 200, 23))
def test_a_death_at_some_boundaries(monkeypatch, drain, fatal):
    boundaries = live_through(monkeypatch, drain, fatal)
    assert_all_is_well(f"{fatal}: {boundaries.where}")


@pytest.mark.slow
@pytest.mark.usefixtures("first_day")
@pytest.mark.parametrize("first", [1, 2])
def test_a_death_at_every_boundary(monkeypatch, drain, aws, first):
    """Every second boundary from the first or the second on, so that two processors share the work."""
    fatal = first
    while True:
        aws.reset()
        call_command("flush", interactive=False, verbosity=0)
        import_baseline(text=BASELINE, actor=Actor.system("test"))
        boundaries = live_through(monkeypatch, drain, fatal)
        assert_all_is_well(f"{fatal}: {boundaries.where}")
        if not boundaries.where:
            break
        fatal += 2
    assert fatal > 60
