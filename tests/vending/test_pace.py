"""The shared pace: throttled once, everybody slows down, and no run fails of it."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from sandbox.aws import throttle
from sandbox.aws.server import SandboxAws
from taskqueue import clock
from tests.vending.people import approve, ask_for
from vending.aws import organizations
from vending.aws.errors import Fault, Kind
from vending.aws.recording import record_calls
from vending.aws.session import Clients, clients_from_settings
from vending.choices import RunStatus
from vending.engine import sweeper
from vending.models import Run, Throttle
from vending.pace import LONGEST, SharedPace, family

pytestmark = pytest.mark.django_db
SCALE = 0.02
RUNS = 4


@pytest.fixture
def tighten(aws: SandboxAws, settings, monkeypatch) -> Iterator[Callable[[], SandboxAws]]:
    """Called, it puts the sandbox on a small time scale, with an Organizations that allows little."""

    def now() -> SandboxAws:
        settings.TIME_SCALE = SCALE
        monkeypatch.setattr(throttle, "RATES", {"organizations": (1, 3)})
        monkeypatch.setattr(aws.world.clock, "scale", SCALE)
        aws.world.throttle.buckets.clear()
        aws.control.change_settings(rates=True)
        clients_from_settings.cache_clear()
        return aws

    yield now
    aws.control.change_settings(rates=False)


@pytest.fixture
def tight(tighten: Callable[[], SandboxAws]) -> SandboxAws:
    return tighten()


class Time:
    """Time that passes only when somebody sleeps: the machine's own haste or delay changes nothing."""

    CALL = 0.1
    """Seconds that a call takes."""

    def __init__(self) -> None:
        self.began, self.passed = clock.now(), 0.0

    def sleep(self, seconds: float) -> None:
        self.passed += seconds

    def monotonic(self) -> float:
        return self.passed

    def now(self) -> datetime:
        return self.began + timedelta(seconds=self.passed)


@pytest.fixture
def still(tighten: Callable[[], SandboxAws], settings, monkeypatch) -> Time:
    """The tight sandbox and the pace on one clock that a test moves."""
    aws, its = tighten(), Time()
    settings.TIME_SCALE = 1
    monkeypatch.setattr(aws.world.clock, "scale", 1)
    monkeypatch.setattr(aws.world.clock, "_running", its.monotonic)
    monkeypatch.setattr("vending.pace.time", its)
    monkeypatch.setattr("taskqueue.clock.now", its.now)
    aws.world.throttle.buckets.clear()
    return its


def one_after_the_other(clients: Clients, calls: int, its: Time) -> int:
    """How many of so many reads by a caller without patience were throttled."""
    refused = 0
    for _ in range(calls):
        its.sleep(its.CALL)
        try:
            clients.management("organizations", attempts=1).describe_organization()
        except (ClientError, Fault) as error:
            refused += isinstance(error, ClientError)
    return refused


def test_a_shared_pace_halves_the_throttled_calls_at_least(still):
    alone = one_after_the_other(Clients(region="eu-central-1"), 60, still)
    still.sleep(3)
    together = one_after_the_other(Clients(region="eu-central-1", pace=SharedPace()), 60, still)
    assert alone > 10
    assert together <= alone / 2, (together, alone)


def test_what_one_worker_learned_another_one_keeps_to(still):
    one_after_the_other(Clients(region="eu-central-1", pace=SharedPace()), 30, still)
    still.sleep(3)
    assert one_after_the_other(Clients(region="eu-central-1", pace=SharedPace()), 20, still) <= 5


def test_many_runs_under_a_tight_limit_all_end_ready(aws, tighten, drain):
    requests = [ask_for(f"AVM-{n}", account_name=f"Account {n}", email=f"a{n}@example.com") for n in range(RUNS)]
    drain()
    tighten()
    for request in requests:
        approve(request)
    limit = time.monotonic() + 90
    while Run.objects.exclude(status=RunStatus.SUCCEEDED).exists() and time.monotonic() < limit:
        drain()
        sweeper.sweep()
        time.sleep(0.005)
    assert Run.objects.filter(status=RunStatus.SUCCEEDED).count() == RUNS
    assert Throttle.objects.exists()


def test_the_pace_is_forgotten_after_quiet_times(tight):
    pace = SharedPace()
    pace.throttled("organizations", "ListAccounts")
    Throttle.objects.update(raised_at=clock.now() - timedelta(hours=1), next_at=clock.now() + timedelta(hours=1))
    pace.before("organizations", "ListAccounts")  # would raise if it still counted


def test_it_rises_to_a_limit_and_counts_a_burst_once(tight):
    pace = SharedPace()
    pace.throttled("organizations", "ListAccounts")
    first = Throttle.objects.get().pace
    pace.throttled("organizations", "ListAccounts")
    assert Throttle.objects.get().pace == first
    for _ in range(20):
        Throttle.objects.update(raised_at=clock.now() - clock.scaled(0.6))
        pace.throttled("organizations", "ListAccounts")
    assert first < Throttle.objects.get().pace <= LONGEST


def test_a_long_queue_ends_the_attempt_as_passing(tight):
    pace = SharedPace()
    pace.throttled("organizations", "ListAccounts")
    Throttle.objects.update(next_at=clock.now() + timedelta(minutes=1))
    with pytest.raises(Fault) as caught:
        pace.before("organizations", "ListAccounts")
    assert (caught.value.kind, caught.value.throttled) == (Kind.TRANSIENT, True)
    assert caught.value.retry_after


def test_one_attempt_waits_no_longer_than_a_task_may_take(tight):
    pace = SharedPace()
    pace.throttled("organizations", "ListAccounts")
    Throttle.objects.update(next_at=clock.now() + timedelta(seconds=1))
    with record_calls() as calls:
        calls.waited = 9.9
        with pytest.raises(Fault):
            pace.before("organizations", "ListAccounts")


def test_reads_do_not_wait_for_writes_nor_one_service_for_another(tight):
    pace = SharedPace()
    pace.throttled("organizations", "TagResource")
    Throttle.objects.update(next_at=clock.now() + timedelta(minutes=1))
    pace.before("organizations", "ListAccounts")
    pace.before("cloudformation", "CreateStackInstances")
    assert family("organizations", "TagResource") == "organizations.write"


def test_a_full_gate_slows_nobody_down(tight):
    tight.control.add_fault(
        service="organizations", operation="CreateAccount", kind="error", code="TooManyRequestsException", times=1
    )
    clients = Clients(region="eu-central-1", pace=SharedPace())
    with pytest.raises(ClientError):
        organizations.start_account_creation(clients, name="A", email="a@example.com")
    assert not Throttle.objects.exists()
