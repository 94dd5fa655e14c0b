"""The database: reachable, new enough, writable, migrated."""

from collections.abc import Iterator

from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor

from portal.doctor.finding import Finding, failed, ok
from taskqueue.services import prove_writable

OLDEST = 15_00_00
"""PostgreSQL 15, as server_version numbers it."""


def look() -> Iterator[Finding]:
    try:
        connection.ensure_connection()
    except (DatabaseError, InterfaceError) as problem:
        kind = type(problem).__name__
        yield failed("database", f"not reachable ({kind})", "Start PostgreSQL, or correct DATABASE_URL.")
        return
    yield _version()
    missing = _missing_migrations()
    if missing:
        yield failed("migrations", f"{len(missing)} not applied: {', '.join(missing[:3])}", "Run manage.py migrate.")
        return
    yield ok("migrations", "all applied")
    yield _write()


def _version() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
        number, name = cursor.fetchone()
    if number < OLDEST:
        return failed("database", f"PostgreSQL {name}", "Upgrade to PostgreSQL 15 or newer.")
    return ok("database", f"PostgreSQL {name}")


def _missing_migrations() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def _write() -> Finding:
    try:
        prove_writable()
    except DatabaseError as problem:
        kind = type(problem).__name__
        return failed("write", f"refused ({kind})", "Free disk space, or let the role of DATABASE_URL write.")
    return ok("write", "a row was written")
