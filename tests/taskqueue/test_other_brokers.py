"""Another broker than PostgreSQL: messages come early, without delay, or not at all, and every run still ends."""

import itertools
import pydoc
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django_q.brokers.aws_sqs import Sqs
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from portal import brokers
from sandbox.aws.server import SandboxAws
from taskqueue import again, queue
from tests.vending.people import approve, ask_for
from vending.choices import RunStatus
from vending.engine import sweeper
from vending.models import Account, Run

pytestmark = pytest.mark.django_db(transaction=True)


class Forgetful(Sqs):
    """SQS that loses every third message."""

    sent = itertools.count(1)
    lost = 0

    def enqueue(self, task: str) -> Any:
        if next(self.sent) % 3 == 0:
            type(self).lost += 1
            return None
        return super().enqueue(task)


@pytest.fixture
def sqs(aws: SandboxAws, monkeypatch: pytest.MonkeyPatch) -> Sqs:
    """A queue in the sandbox's SQS that loses messages, and sweeps that do not wait for them."""
    monkeypatch.setattr(Conf, "SQS", {"aws_region": "eu-central-1"})
    monkeypatch.setattr(sweeper, "LATE", timedelta(0))
    monkeypatch.setattr(again, "FIRST", timedelta(0))
    monkeypatch.setattr(Forgetful, "lost", 0)
    broker = Forgetful("portal")
    monkeypatch.setattr(queue, "broker_in_use", lambda: broker)
    return broker


def work(broker: Sqs) -> int:
    """Run what is in the queue as a worker would; returns how many messages there were."""
    count = 0
    while messages := broker.dequeue():
        for receipt, body in messages:
            task: dict[str, Any] = SignedPackage.loads(body)
            pydoc.locate(task["func"])(*task["args"], **task["kwargs"])  # type: ignore[operator]
            broker.acknowledge(receipt)
            count += 1
    return count


def test_a_whole_vending_over_sqs_that_loses_messages_ends_with_one_account(sqs: Forgetful) -> None:
    request = ask_for("AVM-1")
    work(sqs)
    request.refresh_from_db()
    approve(request)
    for _ in range(200):
        if not work(sqs) and not sweeper.sweep():
            break
    assert Run.objects.get().status == RunStatus.SUCCEEDED
    assert Account.objects.count() == 1
    assert sqs.lost > 3
    assert not OrmQ.objects.exists()


def test_a_message_is_sent_after_the_commit_only(sqs: Forgetful) -> None:
    with transaction.atomic():
        queue.enqueue("taskqueue.tasks.beat", 0)
        assert sqs.dequeue() is None
    assert work(sqs) == 1
    with transaction.atomic():
        queue.enqueue("taskqueue.tasks.beat", 0)
        transaction.set_rollback(True)
    assert work(sqs) == 0


def test_a_message_that_comes_before_its_time_does_nothing_and_the_sweep_brings_it_back(sqs: Forgetful) -> None:
    from tests.vending.engine import world
    from vending.engine.advance import advance
    from vending.engine.step import Wait

    waiting = world.step("waiting", act=lambda self, ctx: Wait(0.0, "AWS is at it."))
    with pytest.MonkeyPatch.context() as patch:
        world.install(patch, waiting)
        run = world.run_of(waiting)
        row = run.steps.get()
        advance(row.pk)
        attempts = row.attempts.count()
        row.refresh_from_db()
        type(row).objects.update(due_at=row.due_at + timedelta(hours=1))
        advance(row.pk)
        assert row.attempts.count() == attempts
        type(row).objects.update(due_at=row.due_at - timedelta(hours=1))
        assert sweeper.sweep() == 1


def test_a_broker_that_cannot_be_reached_stops_no_service(sqs: Forgetful, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(_self: Sqs, _task: str) -> None:
        raise ConnectionError("no route")

    monkeypatch.setattr(Forgetful, "enqueue", unreachable)
    request = ask_for("AVM-1")
    assert request.pk


@pytest.mark.parametrize(
    ("url", "broker", "expected"),
    [
        ("", "", {"broker_class": brokers.POSTGRES}),
        ("", "own.Broker", {"broker_class": "own.Broker"}),
        (
            "rediss://cache:6380/1",
            "",
            {"broker_class": "django_q.brokers.redis_broker.Redis", "redis": "rediss://cache:6380/1"},
        ),
        (
            "sqs://eu-west-1",
            "",
            {
                "broker_class": "django_q.brokers.aws_sqs.Sqs",
                "sqs": {"aws_region": "eu-west-1", "receive_message_wait_time_seconds": brokers.SQS_WAIT},
            },
        ),
    ],
)
def test_the_address_says_which_broker(url: str, broker: str, expected: dict[str, Any]) -> None:
    assert brokers.options(url, broker) == expected


@pytest.mark.parametrize("url", ["sqs://", "amqp://rabbit", "localhost:6379"])
def test_an_address_that_names_none_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="QUEUE_URL"):
        brokers.options(url, "")
