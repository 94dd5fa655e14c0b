"""The database: reachable, new enough, migrated, guarded by its triggers, on time, writable."""

from collections.abc import Iterator

import pgtrigger
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from jira_bridge.turns import LONGEST_TURN
from portal.doctor.check import Check, run
from portal.doctor.finding import Finding, failed, ok, some, warning
from taskqueue import clock
from taskqueue.services import prove_writable

OLDEST = 15_00_00
"""PostgreSQL 15, as server_version numbers it."""
CLOCKS_DIFFER = 2.0
CLOCKS_FAIL = 30.0
"""Seconds between this host's clock and the database's. Leases last about a minute."""


def checks() -> list[Check]:
    return [
        Check(_("database"), _reachable, apart=True, gate=True, seconds=10),
        Check(_("migrations"), _migrations, gate=True),
        Check(_("triggers"), _triggers),
        Check(_("cache table"), _cache),
        Check(_("clock"), _clock),
        Check(_("open transactions"), _open_transactions),
        Check(_("write"), _write),
    ]


def look() -> Iterator[Finding]:
    return run(checks())


def _reachable() -> Iterator[Finding]:
    """In a connection of its own: to a host that drops packets, connecting takes minutes."""
    what = _("database")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
            number, name = cursor.fetchone()
    except (DatabaseError, InterfaceError) as problem:
        seen = _("not reachable ({kind})").format(kind=type(problem).__name__)
        yield failed(what, seen, _("Start PostgreSQL, or correct DATABASE_URL."))
        return
    if number < OLDEST:
        yield failed(what, f"PostgreSQL {name}", _("Upgrade to PostgreSQL 15 or newer."))
    else:
        yield ok(what, f"PostgreSQL {name}")


def _migrations() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    missing = [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]
    if missing:
        seen = _("{count} not applied: {names}").format(count=len(missing), names=some(missing, 3))
        yield failed(_("migrations"), seen, _("Run manage.py migrate."))
    else:
        yield ok(_("migrations"), _("all applied"))


def _triggers() -> Iterator[Finding]:
    """They keep the record from being edited, so each must be there as this version wants it, and switched on."""
    wrong, count = [], 0
    for model, trigger in pgtrigger.registered():
        count += 1
        status, enabled = trigger.get_installation_status(model)
        if status != "INSTALLED" or not enabled:
            wrong.append(f"{model._meta.label}.{trigger.name} ({status.lower() if enabled is not False else 'off'})")
    if wrong:
        advice = _("Run manage.py pgtrigger install, and find out who changed them: they guard the record.")
        yield failed(_("triggers"), some(wrong), advice)
    else:
        yield ok(_("triggers"), _("all {count} there and on").format(count=count))


def _cache() -> Iterator[Finding]:
    cache = settings.CACHES["default"]
    if not str(cache["BACKEND"]).endswith("DatabaseCache"):
        return
    if cache["LOCATION"] in connection.introspection.table_names():
        yield ok(_("cache table"), str(cache["LOCATION"]))
    else:
        yield failed(_("cache table"), _("missing"), _("Run manage.py createcachetable."))


def _clock() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        before = clock.now()
        cursor.execute("SELECT clock_timestamp()")
        there = cursor.fetchone()[0]
        middle = before + (clock.now() - before) / 2
    apart = abs((there - middle).total_seconds())
    seen = _("{seconds} s between this host and the database").format(seconds=round(apart, 1))
    advice = _("Let a time service (NTP, chrony) set the clocks of both: leases and waits are counted by them.")
    if apart >= CLOCKS_FAIL:
        yield failed(_("clock"), seen, advice)
    elif apart >= CLOCKS_DIFFER:
        yield warning(_("clock"), seen, advice)
    else:
        yield ok(_("clock"), seen)


def _open_transactions() -> Iterator[Finding]:
    """PostgreSQL may end the transaction that holds a ticket while Jira is being asked: see jira_bridge/turns.py."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, setting::bigint / 1000.0 FROM pg_settings WHERE name IN "
            "('idle_in_transaction_session_timeout', 'transaction_timeout') ORDER BY name"
        )
        limits = cursor.fetchall()
    short = [f"{name} = {float(seconds):g} s" for name, seconds in limits if 0 < seconds < LONGEST_TURN]
    if short:
        advice = _("Set it to 0 or to {seconds} s at least for the role of DATABASE_URL.").format(seconds=LONGEST_TURN)
        yield warning(_("open transactions"), ", ".join(short), advice)
    else:
        yield ok(_("open transactions"), _("may stay open as long as a message to Jira takes"))


def _write() -> Iterator[Finding]:
    try:
        prove_writable()
    except DatabaseError as problem:
        seen = _("refused ({kind})").format(kind=type(problem).__name__)
        yield failed(_("write"), seen, _("Free disk space, or let the role of DATABASE_URL write."))
    else:
        yield ok(_("write"), _("a row was written"))
