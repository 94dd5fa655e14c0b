"""The doctor's look at the database and the queue."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django_q.models import OrmQ

from portal.doctor import database, queue
from taskqueue import clock, services
from taskqueue.models import Heartbeat, WorkerHost
from tests.portal.doctor import states, told

pytestmark = pytest.mark.django_db


def test_a_database_that_is_well_is_well() -> None:
    assert set(states(database.look()).values()) == {"ok"}


def test_a_database_that_cannot_be_reached_is_said_and_nothing_else_is_asked(monkeypatch: Any) -> None:
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    found = told(database.look())
    assert found["database"].state == "failed"
    assert "DATABASE_URL" in found["database"].advice
    assert "migrations" not in found


def test_an_old_postgresql_is_named(monkeypatch: Any) -> None:
    monkeypatch.setattr(database, "OLDEST", 99_00_00)
    assert told(database.look())["database"].advice == "Upgrade to PostgreSQL 15 or newer."


def test_a_migration_that_was_not_applied_is_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'compliance'")
    found = told(database.look())
    assert found["migrations"].state == "failed"
    assert "compliance" in found["migrations"].seen


def test_a_trigger_that_was_taken_away_is_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = 'audit_event'::regclass AND NOT tgisinternal")
        name = cursor.fetchone()[0]
        cursor.execute(f'DROP TRIGGER "{name}" ON audit_event')
    found = told(database.look())["triggers"]
    assert found.state == "failed"
    assert "audit.Event" in found.seen


def test_a_trigger_that_was_switched_off_is_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
    assert told(database.look())["triggers"].state == "failed"


@pytest.mark.parametrize(("seconds", "state"), [(0, "ok"), (5, "warning"), (60, "failed")])
def test_clocks_that_differ_are_said(monkeypatch: Any, seconds: int, state: str) -> None:
    ours = clock.now
    monkeypatch.setattr(database.clock, "now", lambda: ours() + timedelta(seconds=seconds))
    assert told(database.look())["clock"].state == state


@pytest.mark.parametrize(("limit", "state"), [("0", "ok"), ("60s", "ok"), ("30s", "warning")])
def test_a_limit_that_ends_a_message_to_jira_in_its_middle_is_said(limit: str, state: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{limit}'")
    found = told(database.look())["open transactions"]
    assert found.state == state
    assert ("idle_in_transaction_session_timeout = 30 s" in found.seen) == (state == "warning")


def test_a_missing_cache_table_is_named(settings: Any) -> None:
    place = {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "no_such_table"}
    settings.CACHES = {"default": place}
    assert "createcachetable" in told(database.look())["cache table"].advice


def test_without_any_heartbeat_it_says_how_to_start_a_worker() -> None:
    found = told(queue.look())["heartbeat"]
    assert found.state == "failed"
    assert "manage.py worker" in found.advice


def test_a_young_heartbeat_is_well_and_an_old_one_is_not() -> None:
    services.record_beat()
    assert told(queue.look())["heartbeat"].state == "ok"
    Heartbeat.objects.update(beat_at=clock.now() - timedelta(hours=1))
    assert told(queue.look())["heartbeat"].state == "failed"


def test_messages_that_pile_up_are_said(monkeypatch: Any) -> None:
    monkeypatch.setattr(queue, "MANY", 2)
    OrmQ.objects.bulk_create(OrmQ(key="portal", payload="", lock=clock.now()) for _ in range(3))
    assert told(queue.look())["messages due"].state == "warning"


def host(name: str, **ago: float | None) -> None:
    now = clock.now()
    times = {key: None if value is None else now - timedelta(seconds=value) for key, value in ago.items()}
    WorkerHost.objects.create(name=name, **times)


def test_each_host_is_judged_by_its_own_heartbeat() -> None:
    host("one.example.com", started_at=9000, seen_at=1, beat_at=5)
    host("two.example.com", started_at=9000, seen_at=1, beat_at=600)
    host("three.example.com", started_at=2, seen_at=1, beat_at=None)
    host("gone.example.com", started_at=9000, seen_at=900, beat_at=900)
    found = told(queue.look())
    assert found["worker one.example.com"].state == found["worker three.example.com"].state == "ok"
    assert "5 s" in found["worker one.example.com"].seen
    assert found["worker two.example.com"].state == "failed"
    assert "worker gone.example.com" not in found
