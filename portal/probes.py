"""Answers machines' questions before the host is checked: probes come by address, not by name."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from portal import machines

PROBES = {"/healthz": machines.healthz, "/readyz": machines.readyz, "/metrics": machines.metrics}


class ProbesMiddleware:
    """Stands first: ALLOWED_HOSTS and the redirect to HTTPS are for people's browsers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path)
        return probe(request) if probe else self.get_response(request)
