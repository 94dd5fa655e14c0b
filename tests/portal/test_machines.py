"""Alive, ready, figures."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.test import Client

from taskqueue import clock, services
from taskqueue.models import Heartbeat
from tests.portal import factories

pytestmark = pytest.mark.django_db


def test_alive_needs_no_database(client: Client, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200


def test_ready_with_a_young_heartbeat(client: Client) -> None:
    services.record_beat()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "reasons": []}
    assert "no-store" in answer["Cache-Control"]


def test_not_ready_without_a_worker(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "Is a worker running?" in answer.json()["reasons"][0]


def test_asking_for_readiness_is_no_heartbeat(client: Client) -> None:
    client.get("/readyz")
    assert client.get("/readyz").status_code == 503


def test_not_ready_with_an_old_heartbeat(client: Client) -> None:
    Heartbeat.objects.create(id=1, beat_at=clock.now() - timedelta(seconds=181))
    assert client.get("/readyz").status_code == 503


def test_not_ready_when_the_database_takes_no_write(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    services.record_beat()

    def full() -> None:
        raise DatabaseError("could not extend file: No space left on device")

    monkeypatch.setattr("portal.machines.prove_writable", full)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "does not take a write" in answer.json()["reasons"][0]
    assert "No space" not in answer.content.decode()


def test_readiness_writes_once_in_two_seconds_however_often_it_is_asked(client: Client) -> None:
    services.record_beat()
    client.get("/readyz")
    first = Heartbeat.objects.get().ready_at
    client.get("/readyz")
    assert Heartbeat.objects.get().ready_at == first
    Heartbeat.objects.update(ready_at=clock.now() - timedelta(seconds=3))
    client.get("/readyz")
    assert clock.now() - Heartbeat.objects.get().ready_at < timedelta(seconds=2)  # type: ignore[operator]


def test_the_figures_count_what_is_there(client: Client) -> None:
    factories.world()
    services.record_beat()
    text = client.get("/metrics").content.decode()
    assert 'portal_requests{status="failed"} 1\n' in text
    assert 'portal_runs{status="running"} 1\n' in text
    assert 'portal_deliveries{status="failed"} 1\n' in text
    assert "portal_steps_waiting 1\n" in text
    assert "portal_webhook_refusals_total 0\n" in text
    assert "portal_heartbeat_age_seconds" in text


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics"])
def test_machines_only_ask(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405


def test_the_root_leads_to_the_dashboard(client: Client) -> None:
    assert client.get("/")["Location"] == "/admin/"


@pytest.mark.django_db
def test_a_probe_by_address_is_answered_whatever_the_host(client: Client) -> None:
    assert client.get("/healthz", headers={"Host": "10.1.2.3:8000"}).status_code == 200
    assert client.get("/admin/login/", headers={"Host": "10.1.2.3:8000"}).status_code == 400


def test_a_wedged_host_beside_a_working_one_is_a_warning(client: Client) -> None:
    from datetime import timedelta

    from taskqueue import clock
    from taskqueue.models import WorkerHost
    from taskqueue.services import record_beat, report_host

    report_host(name="wedged:1", began=True)
    WorkerHost.objects.update(started_at=clock.now() - timedelta(hours=1))
    record_beat()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert "wedged:1" in answer.json()["warnings"][0]
