"""Requests as the door would bring them, approved, and their runs followed to the end."""

import time
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from audit.services import Actor
from vending.choices import Decision, RequestStatus, RunStatus
from vending.content import clean
from vending.models import AccountRequest, Run
from vending.services import receive_request, record_decision

RITA = Actor.jira("rita@example.com")
GUS = Actor.jira("gus@example.com")
WISH: dict[str, Any] = {
    "organizational_unit": "Production",
    "environment": "production",
    "cost_center": "4711",
    "owner": "otto@example.com",
    "purpose": "A benchmark",
    "security_contact": "Sina Secure; Head of Security; soc@example.com; +49 30 1234",
    "operations_contact": "Olli Ops; Operations; ops@example.com; +49 30 2345",
    "billing_contact": "Bea Bill; Controlling; billing@example.com; +49 30 3456",
    "monthly_budget": "500",
}


class Stuck(Exception):
    """Not all came to an end in time; the text says what they wait for."""


def received(count: int, seconds: float = 300) -> list[AccountRequest]:
    """Requests that have passed their pre-flight."""
    for number in range(1, count + 1):
        raw = WISH | {"account_name": f"Bench {number}", "email": f"bench-{number}@example.com"}
        receive_request(ticket=f"BEN-{number}", content=clean(raw), requester="rita@example.com", raw=raw, actor=RITA)
    limit = time.monotonic() + seconds
    while AccountRequest.objects.exclude(status=RequestStatus.AWAITING_APPROVAL).exists():
        if time.monotonic() > limit:
            raise Stuck("Pre-flight did not end: " + ", ".join(_states()))
        time.sleep(0.2)
    return list(AccountRequest.objects.order_by("id"))


def approve(requests: list[AccountRequest]) -> datetime:
    """Approve all at once, in one transaction; returns the moment of the first approval."""
    moment = datetime.now(UTC)
    with transaction.atomic():
        for request in requests:
            record_decision(
                request=request, decision=Decision.APPROVED, decided_by="gus@example.com",
                decided_at=datetime.now(UTC), source="benchmark", actor=GUS,
            )  # fmt: skip
    return moment


def last_ready(count: int, seconds: float) -> datetime:
    """Wait until so many runs have succeeded; when the last did. Raises Stuck when one failed or time is up."""
    limit = time.monotonic() + seconds
    while (done := Run.objects.filter(status=RunStatus.SUCCEEDED)).count() < count:
        failed = Run.objects.filter(status=RunStatus.FAILED).exists()
        if failed or time.monotonic() > limit:
            raise Stuck(f"{done.count()} of {count} are ready. " + ", ".join(_states()))
        time.sleep(0.1)
    moment: datetime = done.aggregate(last=Max("finished_at"))["last"]
    return moment


def _states() -> list[str]:
    from vending.models import StepRun

    open_steps = StepRun.objects.exclude(status__in=["succeeded", "blocked"])[:5]
    return [f"{each.step} {each.status}: {each.problem or each.waiting_for}" for each in open_steps]
