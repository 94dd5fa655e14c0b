"""Jira limits, breaks, and loses answers: nothing that a ticket is to be told is lost, and nothing is told twice."""

import datetime
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import format_datetime
from threading import Barrier

import pytest
from django.db import connection

from audit.choices import DeliveryStatus
from audit.deliveries import deliver
from audit.models import Delivery
from audit.subscribers import NotNow
from jira_bridge import turns
from jira_bridge.choices import Meaning
from jira_bridge.jira import jira_client, transport
from jira_bridge.mapping import status_for
from jira_bridge.turns import turn_at
from taskqueue import clock
from tests.jira_bridge.test_ticket_parts import ALL
from tests.jira_bridge.tickets import comments, event, fault, new_ticket, shown, status
from tests.vending.people import ask_for
from vending.models import AccountRequest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mapping", "short_baseline")]


def in_a_second():
    return format_datetime(datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=1), usegmt=True)


FAULTS = {
    "429 with seconds": lambda: {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}, "times": 2},
    "429 with a date": lambda: {"kind": "status", "status": 429, "headers": {"Retry-After": in_a_second()}},
    "429 for longer than anybody waits": lambda: {"kind": "status", "status": 429, "headers": {"Retry-After": "900"}},
    "429 without a word": lambda: {"kind": "status", "status": 429, "times": 2},
    "503 with seconds": lambda: {"kind": "status", "status": 503, "headers": {"Retry-After": "1"}},
    "503 of a proxy": lambda: {"kind": "status", "status": 503, "times": 2},
    "500": lambda: {"kind": "status", "status": 500, "times": 2},
    "a conflict": lambda: {"kind": "status", "status": 409, "times": 2},
    "a request that is lost": lambda: {"kind": "drop_request"},
    "an answer that is lost": lambda: {"kind": "drop_answer"},
    "two answers that are lost": lambda: {"kind": "drop_answer", "times": 2},
    "an answer that comes too late": lambda: {"kind": "delay", "seconds": 0.6},
}
CALLS = {
    "a comment": ("POST", "/comment"),
    "a comment looked for": ("GET", "/comment"),
    "a transition": ("POST", "/transitions"),
    "the state": ("PUT", "/properties/"),
    "the link": ("POST", "/remotelink"),
    "a label": ("PUT", "/issue/AVM-"),
}
TRIED_ALWAYS = {"429 with a date", "a request that is lost", "an answer that is lost"}


def case(call, name):
    always = call == "a comment" or name in TRIED_ALWAYS
    return pytest.param(call, name, id=f"{call}, {name}", marks=() if always else pytest.mark.slow)


@pytest.fixture
def key(jira, settings, monkeypatch):
    monkeypatch.setattr(transport, "_ANSWER", 0.3)
    settings.AUDIT_SUBSCRIBERS = ALL
    return new_ticket(jira)


def deliver_all():
    """Every delivery as often as it takes, its waits shortened a hundredfold; returns how many attempts there were."""
    for attempts in range(40):
        waiting = Delivery.objects.filter(status=DeliveryStatus.PENDING).order_by("pk").first()
        if waiting is None:
            return attempts
        time.sleep(min(max((waiting.due_at - clock.now()).total_seconds(), 0) / 100, 0.7))
        Delivery.objects.filter(pk=waiting.pk).update(due_at=clock.now())
        deliver(waiting.pk)
    raise AssertionError("It never comes to an end.")


@pytest.mark.parametrize(("call", "name"), [case(call, name) for call in CALLS for name in FAULTS])
def test_whatever_goes_wrong_the_ticket_is_told_once(jira, key, call, name):
    ask_for(key)
    deliver_all()
    method, path = CALLS[call]
    fault(jira, method=method, path_contains=path, **FAULTS[name]())
    AccountRequest.objects.filter(ticket=key).update(status="to_correct")
    event(key, "request.to_correct")
    event(key, "run.started", _run_of(key))
    deliver_all()
    ticket = shown(jira, key)
    assert not Delivery.objects.exclude(status=DeliveryStatus.SENT)
    assert [("cannot be approved" in said, "is being set up" in said) for said in comments(jira, key)] == [
        (True, False),
        (False, True),
    ]
    assert status(jira, key) == status_for(Meaning.TO_CORRECT)
    assert ticket["properties"]["account-vending"]["state"] == AccountRequest.objects.get(ticket=key).status
    assert len(ticket["remotelinks"]) == 1
    assert ticket["fields"]["labels"] == ["account-vending"]


def _run_of(key):
    """A run's number is enough: what is said about its start does not look at it."""
    return AccountRequest.objects.get(ticket=key).pk


def test_a_wait_that_jira_asks_for_is_the_wait_of_the_delivery(jira, key):
    ask_for(key)
    fault(jira, kind="status", method="PUT", path_contains="/properties/", status=429, headers={"Retry-After": "900"})
    (delivery,) = Delivery.objects.filter(subscriber="ticket marks")
    deliver(delivery.pk)
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.PENDING
    assert delivery.due_at - clock.now() > datetime.timedelta(seconds=890)
    assert "429" in delivery.problem


@pytest.mark.parametrize("lost", ["drop_request", "drop_answer"])
def test_an_update_of_a_comment_is_not_lost(jira, key, lost, monkeypatch):
    from jira_bridge.markup.parse import parse

    client = jira_client()
    client.keep_comment(key, parse("Working"), marker="progress-1")
    fault(jira, kind=lost, method="PUT", path_contains="/comment/")
    for _ in range(3):
        try:
            client.keep_comment(key, parse("Done"), marker="progress-1")
        except transport.JiraOutcomeUnknown:
            continue
        break
    assert comments(jira, key) == ["Done"]


@pytest.mark.django_db(transaction=True)
class TestTurns:
    def test_two_that_write_into_one_ticket_take_turns(self):
        order, together = [], Barrier(2, timeout=10)

        def write(name):
            together.wait()
            try:
                with turn_at("AVM-1"):
                    order.append(f"{name} begins")
                    order.append(f"{name} ends")
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(write, ("a", "b")))
        assert order in (["a begins", "a ends", "b begins", "b ends"], ["b begins", "b ends", "a begins", "a ends"])

    def test_one_that_takes_too_long_lets_the_other_come_back_later(self, monkeypatch):
        monkeypatch.setattr(turns, "_LONGEST_WAIT", 0.2)

        def write(ticket):
            try:
                with turn_at(ticket):
                    return "written"
            except NotNow as later:
                return later.after
            finally:
                connection.close()

        with turn_at("AVM-1"), ThreadPoolExecutor(1) as pool:
            assert list(pool.map(write, ("AVM-1", "AVM-2"))) == [1, "written"]
