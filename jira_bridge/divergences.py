"""Where ticket and portal disagree: notice it, settle it, and reconcile the two at a person's word."""

import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import Actor, record_event
from audit.subscribers import NotNow
from jira_bridge import mapping
from jira_bridge.choices import DivergenceKind
from jira_bridge.comparison import TOLD, Disagreement
from jira_bridge.jira import JiraError, JiraNotFound, jira_client, time_limit
from jira_bridge.models import Divergence
from jira_bridge.payload import Malformed
from jira_bridge.services import store_read
from jira_bridge.turns import turn_at
from taskqueue import clock
from vending.choices import Decision, RequestStatus
from vending.models import AccountRequest
from vending.services import NotAllowed, record_decision
from vending.services.requests import HERE

SECONDS = 20
"""For all calls of one click: somebody waits for the page."""


@transaction.atomic
def notice(*, ticket: str, request: AccountRequest | None, found: Disagreement) -> None:
    """Open a row for the disagreement, or bring the open one up to date."""
    now = clock.now()
    Divergence.objects.update_or_create(
        ticket=ticket, kind=found.kind, resolved_at=None,
        defaults={
            "request": request, "jira_status": found.jira_status, "seen_at": now, "detail": found.detail,
            "portal_status": request.status if request else "",
        },
        create_defaults={
            "request": request, "jira_status": found.jira_status, "seen_at": now, "detail": found.detail,
            "portal_status": request.status if request else "", "noticed_at": now,
        },
    )  # fmt: skip


@transaction.atomic
def settle(*, ticket: str, request: AccountRequest | None, found: Iterable[Disagreement]) -> None:
    """These disagreements are there and no others: open rows of other kinds are settled."""
    found = list(found)
    for disagreement in found:
        notice(ticket=ticket, request=request, found=disagreement)
    others = Divergence.objects.filter(ticket=ticket, resolved_at=None).exclude(kind__in=[each.kind for each in found])
    others.update(resolved_at=clock.now(), resolution="Ticket and portal agree again.")


def reconcile(*, divergence: Divergence, actor: Actor) -> None:
    """Bring ticket and portal together: take Jira's state in, or tell Jira ours, as the kind demands.

    Raises NotAllowed with Jira's own reason when Jira does not let it happen.
    """
    try:
        with turn_at(divergence.ticket), time_limit(SECONDS):
            _reconcile(divergence, actor)
    except (JiraError, NotNow) as problem:
        raise NotAllowed(
            _("%(problem)s Try again later, or settle it in the ticket by hand.") % {"problem": problem}
        ) from problem


def _reconcile(divergence: Divergence, actor: Actor) -> None:
    divergence.refresh_from_db()  # somebody else's turn may have settled it
    if divergence.resolved_at:
        raise NotAllowed(_("This was settled already: %(how)s") % {"how": divergence.resolution})
    done = RECONCILED_BY[DivergenceKind(divergence.kind)](divergence, actor)
    Divergence.objects.filter(pk=divergence.pk, resolved_at=None).update(
        resolved_at=clock.now(), resolution=f"{done} ({actor.name})"[:300]
    )
    record_event(
        actor=actor, action="divergence.reconciled", summary=f"{actor.name} reconciled {divergence.ticket}: {done}",
        target_kind="divergence", target_id=divergence.pk, ticket=divergence.ticket,
        before={"kind": divergence.kind, "jira": divergence.jira_status, "portal": divergence.portal_status},
    )  # fmt: skip


def _take_in(divergence: Divergence, actor: Actor) -> str:
    """Read the ticket anew and process it like a webhook."""
    issue = jira_client().issue_as_sent(divergence.ticket)
    _store({"webhookEvent": "sweep", "issue": issue}, divergence.ticket)
    return "The ticket was read in Jira again and is processed."


def _tell_ours(divergence: Divergence, actor: Actor) -> str:
    """Move the ticket to where its request stands."""
    request = AccountRequest.objects.get(ticket=divergence.ticket)
    meaning = TOLD.get(RequestStatus(request.status))
    status = mapping.status_for(meaning) if meaning else ""
    if not status:
        raise NotAllowed(_("No status of the ticket is mapped to “%s”.") % request.get_status_display())
    jira_client().transition(divergence.ticket, status)
    return f"The ticket was moved to “{status}”."


def _withdraw(divergence: Divergence, actor: Actor) -> str:
    """The ticket is not there: end its request, by the hand of who reconciles."""
    try:
        issue = jira_client().issue_as_sent(divergence.ticket)
    except JiraNotFound:
        issue = {"key": divergence.ticket}
    if issue["key"] == divergence.ticket and len(issue) > 1:
        raise NotAllowed(_("Jira shows the ticket again. The next sweep settles this by itself."))
    record_decision(
        request=AccountRequest.objects.get(ticket=divergence.ticket), decision=Decision.WITHDRAWN,
        decided_by=actor.name, decided_at=clock.now(), source=HERE, actor=actor,
    )  # fmt: skip
    return "The request is withdrawn, since its ticket is not there any more."


RECONCILED_BY: dict[DivergenceKind, Callable[[Divergence, Actor], str]] = {
    DivergenceKind.UNREAD: _take_in,
    DivergenceKind.CONTENT: _take_in,
    DivergenceKind.STATUS: _tell_ours,
    DivergenceKind.GONE: _withdraw,
}


def _store(document: dict[str, Any], ticket: str) -> None:
    try:
        store_read(document=document, ticket=ticket, identifier=f"reconcile-{uuid.uuid4()}")
    except Malformed as problem:
        raise NotAllowed(str(problem)) from problem
