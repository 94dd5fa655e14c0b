"""The doctor's look at the database and the queue."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django_q.brokers import get_broker
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.signing import SignedPackage
from django_q.status import Stat, Status

from portal.doctor import database, queue
from taskqueue import clock, services
from taskqueue.models import Heartbeat
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


@pytest.fixture
def reports() -> Any:
    """Lets hosts report as their clusters do: in the shared cache, signed with the portal's key."""
    cache.clear()

    def report(host: str, workers: int, age: timedelta = timedelta(0)) -> None:
        status = Status(pid=1, cluster_id=host)
        status.host, status.workers, status.timestamp = host, list(range(workers)), clock.now() - age
        get_broker().set_stat(Stat.get_key(host), SignedPackage.dumps(status, True), 60)

    yield report
    cache.clear()


def test_each_host_is_named_with_its_workers(reports: Any, settings: Any) -> None:
    assert Conf.Q_STAT
    full = settings.Q_CLUSTER["workers"]
    reports("one.example.com", full)
    reports("two.example.com", full - 1)
    reports("three.example.com", full, timedelta(minutes=5))
    found = states(queue.look())
    assert found["worker one.example.com"] == "ok"
    assert found["worker two.example.com"] == "warning"
    assert found["worker three.example.com"] == "failed"


def test_messages_that_pass_while_no_host_reports_itself_are_odd() -> None:
    cache.clear()
    services.record_beat()
    assert told(queue.look())["worker hosts"].state == "warning"
