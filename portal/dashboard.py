"""The first page: what needs a person, what is running, what is new."""

from typing import Any

from django.http import HttpRequest

from portal import selectors


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """unfold's DASHBOARD_CALLBACK: adds the dashboard's content for those who may see requests."""
    if not request.user.has_perm("vending.view_accountrequest"):
        return context
    waiting = selectors.needs_a_person()
    problems = selectors.problems_of(waiting)
    return context | {
        "sees": True,
        "numbers": selectors.numbers(selectors.requests_by_status()),
        "waiting": [{"request": row, "problem": problems.get(row.pk, "")} for row in waiting],
        "running": selectors.running(),
        "accounts": selectors.recent_accounts(),
        "queue": selectors.queue_health(),
    }
