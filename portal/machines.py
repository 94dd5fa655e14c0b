"""What machines ask: alive, ready, figures. No sign-in, never cached, no secrets."""

from collections.abc import Iterator

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from audit.choices import DeliveryStatus
from portal import selectors
from taskqueue.selectors import wedged_hosts
from taskqueue.services import prove_writable
from vending.choices import RequestStatus, RunStatus


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers. It says nothing about the database: restarting would not mend that."""
    return HttpResponse("alive\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    """The portal does its work: the database takes a write and the queue's heartbeat is young."""
    reasons = list(_reasons())
    if reasons:
        return JsonResponse({"ready": False, "reasons": reasons}, status=503)
    warnings = list(_warnings())
    return JsonResponse({"ready": True, "reasons": [], **({"warnings": warnings} if warnings else {})})


def _warnings() -> Iterator[str]:
    """What a person should see to, while the portal still does its work."""
    for host in wedged_hosts():
        yield f"The worker host {host} lives and runs nothing; others do its work. Restart it."


def _reasons() -> Iterator[str]:
    try:
        health = selectors.queue_health()
        prove_writable()
    except (DatabaseError, InterfaceError) as problem:
        yield f"The database does not take a write ({type(problem).__name__})."
        return
    if health.age is None:
        yield "No message has ever gone through the queue. Is a worker running?"
    elif not health.works:
        seconds = int(health.age.total_seconds())
        yield f"The last message went through the queue {seconds} s ago. Is a worker running?"


@require_safe
@never_cache
def metrics(_request: HttpRequest) -> HttpResponse:
    """The figures in Prometheus's text format (version 0.0.4)."""
    return HttpResponse("".join(_figures()), content_type="text/plain; version=0.0.4; charset=utf-8")


def _figures() -> Iterator[str]:
    yield from _by_status(
        "portal_requests", "Requests by status.", RequestStatus.values, selectors.requests_by_status()
    )
    yield from _by_status("portal_runs", "Runs by status.", RunStatus.values, selectors.runs_by_status())
    yield from _single("portal_steps_waiting", "Steps that are due or wait for something.", selectors.steps_waiting())
    unsent = [DeliveryStatus.PENDING.value, DeliveryStatus.SENDING.value, DeliveryStatus.FAILED.value]
    yield from _by_status(
        "portal_deliveries", "Messages that are not sent, by status.", unsent, selectors.deliveries_open()
    )
    health = selectors.queue_health()
    yield from _single("portal_queue_messages_due", "Messages that no worker has taken yet.", health.waiting)
    if health.age is not None:
        age = round(health.age.total_seconds(), 1)
        yield from _single("portal_heartbeat_age_seconds", "Since a message last went through the queue.", age)
    yield from _single("portal_webhook_refusals_total", "Webhooks refused.", selectors.refusals(), kind="counter")


def _single(name: str, about: str, value: float, *, kind: str = "gauge") -> Iterator[str]:
    yield f"# HELP {name} {about}\n# TYPE {name} {kind}\n{name} {value}\n"


def _by_status(name: str, about: str, statuses: list[str], counted: dict[str, int]) -> Iterator[str]:
    yield f"# HELP {name} {about}\n# TYPE {name} gauge\n"
    for status in statuses:
        yield f'{name}{{status="{status}"}} {counted.get(status, 0)}\n'
