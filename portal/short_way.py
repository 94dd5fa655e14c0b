"""Jira's deliveries go straight to their door: sessions, people and languages mean nothing to them.

Stands behind SecurityMiddleware, so that the redirect to HTTPS holds, and asks for the host, which checks it.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from jira_bridge import door

DOORS = {"/jira/webhook": door.webhook}


class ShortWayMiddleware:
    """Answers a delivery before the middleware that only people need."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = DOORS.get(request.path)
        if view is None:
            return self.get_response(request)
        request.get_host()  # raises for a host that is not ours
        return view(request)
