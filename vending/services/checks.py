"""Check a request again whose fault lies outside its form: an account quota, an address that somebody gave up."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import Actor, record_event
from taskqueue import clock
from taskqueue.queue import enqueue
from vending.choices import RequestStatus
from vending.models import AccountRequest
from vending.services.errors import NotAllowed

EVERY = timedelta(hours=1)
LONGEST = timedelta(days=30)
"""After so long without an edit the ticket is forgotten rather than waiting; the button still checks it."""
AT_ONCE = 20


@transaction.atomic
def check_again(*, request: AccountRequest, actor: Actor) -> None:
    """Run pre-flight again on the same content. Raises NotAllowed.

    The ticket is told only what is new: that all is in order now, or another fault.
    """
    request = AccountRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    if request.status != RequestStatus.TO_CORRECT:
        raise NotAllowed(
            _("{ticket} is {status}; only a request with something to correct is checked again.").format(
                ticket=request.ticket, status=request.get_status_display()
            )
        )
    record_event(
        actor=actor, action="request.checked_again", summary=f"{request.ticket} is checked again.",
        target_kind="request", target_id=request.pk, ticket=request.ticket,
    )  # fmt: skip
    enqueue("vending.tasks.preflight", request.pk)


def next_check(request: AccountRequest) -> datetime | None:
    """When a request with faults is looked at again by itself."""
    now = clock.now()
    return now + EVERY if now - request.changed_at < LONGEST else None


def sweep() -> int:
    """Enqueue the checks that are due; returns how many. A second round finds the next date, not the same one."""
    now = clock.now()
    due = AccountRequest.objects.filter(status=RequestStatus.TO_CORRECT, recheck_at__lte=now).order_by("recheck_at")
    ids = list(due.values_list("pk", flat=True)[:AT_ONCE])
    if ids:
        AccountRequest.objects.filter(pk__in=ids).update(recheck_at=now + EVERY)
    for pk in ids:
        enqueue("vending.tasks.preflight", pk)
    return len(ids)
