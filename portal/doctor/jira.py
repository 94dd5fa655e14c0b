"""Jira: who the portal is there, and whether every mapped field exists."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from jira_bridge.jira import JiraError, jira_client
from jira_bridge.models import AcceptedType, FieldMapping
from portal.doctor.finding import Finding, failed, ok, warning


def look() -> Iterator[Finding]:
    if not settings.JIRA_WEBHOOK_API_KEY and not settings.JIRA_WEBHOOK_SECRET:
        yield warning("webhook key", "none is set", "Set JIRA_WEBHOOK_API_KEY or JIRA_WEBHOOK_SECRET.")
    else:
        yield ok("webhook key", "set")
    if not settings.JIRA_BASE_URL:
        yield failed("Jira", "no address", "Set JIRA_BASE_URL, JIRA_USER and JIRA_API_TOKEN.")
        return
    try:
        client = jira_client()
        me = client.myself()
        yield ok("Jira", f"{settings.JIRA_BASE_URL} as {me.get('displayName') or me.get('name') or 'somebody'}")
        yield from _mapping(client.fields())
    except JiraError as problem:
        yield failed("Jira", str(problem), "Check JIRA_BASE_URL, JIRA_FLAVOUR, JIRA_USER and JIRA_API_TOKEN.")
    except DatabaseError as problem:
        yield failed("field mapping", f"not readable ({type(problem).__name__})", "Run manage.py migrate.")


def _mapping(fields: list[dict[str, Any]]) -> Iterator[Finding]:
    known = {str(field.get("id")) for field in fields}
    mapped = list(FieldMapping.objects.all())
    if not mapped:
        yield failed("field mapping", "empty", "Run manage.py fields import FILE, or fill it in the admin.")
        return
    missing = [f"{row.field} ({row.jira_id})" for row in mapped if row.jira_id not in known]
    if missing:
        yield failed("field mapping", f"not in Jira: {', '.join(missing)}", "Correct them in the admin, Field mapping.")
    else:
        yield ok("field mapping", f"{len(mapped)} fields, all in Jira")
    if not AcceptedType.objects.exists():
        yield warning("accepted types", "none", "Name the issue type or request type of account requests.")
