"""What Jira calls its fields and of which kind they are: rows, read from Jira when somebody asks for it."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from jira_bridge.jira import jira_client, time_limit
from jira_bridge.models import JiraField
from taskqueue import clock

LONGEST_ID = 100
SECONDS = 20
"""For the call: somebody waits for the page."""


def read_jira_fields() -> int:
    """Read every field of the site and remember it; returns how many there are. Raises JiraError.

    The rows stay as they are when Jira is away: an old name is better than none.
    """
    with time_limit(SECONDS):
        found = jira_client().fields()
    return remember(found)


@transaction.atomic
def remember(found: Iterable[dict[str, Any]]) -> int:
    """Take over fields as GET /rest/api/3/field shows them; what Jira no longer has is forgotten."""
    now = clock.now()
    rows = {
        str(each["id"]): JiraField(
            jira_id=str(each["id"]),
            name=" ".join(str(each.get("name") or each["id"]).split())[:255],
            schema=each.get("schema") or {},
            read_at=now,
        )
        for each in found
        if 0 < len(str(each.get("id") or "")) <= LONGEST_ID
    }
    JiraField.objects.bulk_create(
        rows.values(), update_conflicts=True, unique_fields=["jira_id"], update_fields=["name", "schema", "read_at"]
    )
    JiraField.objects.exclude(jira_id__in=rows).delete()
    return len(rows)
