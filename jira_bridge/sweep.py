"""The sweep: what Jira shows and no webhook told, and what the portal knows and Jira shows otherwise.

Automation never repeats a web request that failed. So every JIRA_SWEEP_MINUTES the tickets of JIRA_SWEEP_JQL that
were updated lately are read, and those the portal works on are compared one and all. A state that nobody told is
stored as a delivery of its own source and processed like a webhook; what disagrees nevertheless is a Divergence.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from audit.services import Actor, record_event
from jira_bridge import comparison, divergences
from jira_bridge.choices import DivergenceKind, WebhookStatus
from jira_bridge.comparison import Disagreement, is_lost
from jira_bridge.jira import JiraError, JiraNotFound, JiraRejected, jira_client, time_limit
from jira_bridge.jira.client import Json
from jira_bridge.models import Divergence, Sweep, Ticket
from jira_bridge.payload import Malformed
from jira_bridge.services import store_found
from jira_bridge.snapshot import IssueSnapshot, UnknownShape, read
from taskqueue import clock
from taskqueue.queue import enqueue

T = TypeVar("T")
log = structlog.get_logger(__name__)

FIRST_LOOK = timedelta(days=1)
"""How far back the first sweep of an installation looks; tickets of earlier times are not taken up."""
OVERLAP = timedelta(hours=1)
"""How much of the last round is looked at again: clocks differ, and Jira's index lags. Only of a whole round: what one
task cannot finish would never come further where more than it reads was updated within an hour."""
FRESH = 120
"""Seconds in which a webhook may still be on its way."""
REMEMBERED = timedelta(days=30)
"""How long the ticket of a request that has ended is still compared."""
MOST_COMPARED = 500
LEASE = timedelta(seconds=60)
SECONDS = 25.0
"""After that a worker hands on to the next message: its task may last 45 seconds."""
CALLS = 38.0
"""Seconds for all calls to Jira in one task: one that hangs is told in the row before the queue stops the worker."""
BATCH = 50


@dataclass
class Round:
    """What one task of a sweep has done so far."""

    began: datetime
    ends: float = field(default_factory=lambda: time.monotonic() + SECONDS)
    looked_at: int = 0
    found: list[str] = field(default_factory=list)

    @property
    def over(self) -> bool:
        return time.monotonic() >= self.ends


def start() -> int:
    """Ask a worker to sweep when it is time to; returns how many were asked, 0 or 1. For settings.SWEEPS."""
    if not (settings.JIRA_BASE_URL and settings.JIRA_SWEEP_JQL):
        return 0
    now = clock.now()
    Sweep.objects.get_or_create(pk=1, defaults={"complete_until": now - FIRST_LOOK})
    due = Q(started_at=None) | Q(started_at__lte=now - timedelta(minutes=settings.JIRA_SWEEP_MINUTES))
    with transaction.atomic():
        asked = Sweep.objects.filter(due, pk=1).update(started_at=now)
        if asked:
            enqueue("jira_bridge.tasks.sweep", 1)
    return asked


def sweep(sweep_id: int) -> None:
    """Sweep once, as far as one task may last; the rest follows in the next message. What is lost comes again.

    A Jira that does not answer is told in the row, and asked again when the next sweep is due.
    """
    this = Round(began=clock.now())
    free = Q(lease_until=None) | Q(lease_until__lt=this.began)
    if not Sweep.objects.filter(free, pk=sweep_id).update(lease_until=this.began + LEASE):
        return
    row = Sweep.objects.get(pk=sweep_id)
    try:
        with time_limit(CALLS):
            row.complete_until, whole = _look_at_updated(this, row.complete_until)
            if whole:
                _compare_known(this)
        row.problem = ""
    except JiraError as problem:
        row.problem, whole = str(problem), True
        log.warning("sweep.jira_failed", problem=str(problem))
    finally:
        row.lease_until, row.finished_at = None, clock.now()
        row.looked_at, row.found = this.looked_at, len(this.found)
        row.save(update_fields=["complete_until", "problem", "lease_until", "finished_at", "looked_at", "found"])
    _record(this)
    if not whole:
        enqueue("jira_bridge.tasks.sweep", sweep_id)


def _look_at_updated(this: Round, since: datetime) -> tuple[datetime, bool]:
    """Every ticket updated since. Returns until when all were looked at, and whether the round is whole.

    A length of time is asked for, since JQL reads dates in the time zone of Jira's user. In the order of
    `updated`, a ticket updated meanwhile comes last again and is not missed.
    """
    minutes = int((this.began - since).total_seconds() // 60) + 1
    jql = f"({settings.JIRA_SWEEP_JQL}) AND updated >= -{minutes}m ORDER BY updated ASC"
    for batch in _batches(_snapshots(jira_client().issues_as_sent(jql))):
        _compare(this, batch)
        last = batch[-1][0].updated_at
        if this.over and last and last > since:
            return last, False
    return this.began - OVERLAP, True


def _compare_known(this: Round) -> None:
    """The tickets the portal works on, whenever they were updated; the longest not compared first."""
    keys = _to_compare(this).values_list("key", flat=True)[:MOST_COMPARED]
    for batch in _batches(list(keys)):
        if this.over:
            return
        answered = _compare(this, list(_snapshots(_issues(batch))))
        for key in set(batch) - answered:
            _gone(key)


def _to_compare(this: Round) -> QuerySet[Ticket]:
    disagreed = Divergence.objects.filter(ticket=OuterRef("key"), resolved_at=None)
    worked_on = Q(request__status__in=comparison.OPEN) | Q(request__changed_at__gte=this.began - REMEMBERED)
    return (
        Ticket.objects.filter(worked_on | Exists(disagreed))
        .filter(Q(compared_at=None) | Q(compared_at__lt=this.began))
        .order_by("compared_at", "pk")
    )


def _issues(keys: Iterable[str]) -> Iterator[Json]:
    """The issues of these keys that Jira shows under these keys. One unknown key spoils a JQL: then one by one."""
    client, keys = jira_client(), list(keys)
    try:
        yield from list(client.issues_as_sent(f"key in ({', '.join(keys)}) ORDER BY key ASC"))
    except JiraRejected as refused:
        if refused.status != 400:
            raise
        for key in keys:
            try:
                yield client.issue_as_sent(key)
            except JiraNotFound:
                continue


def _batches(rows: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(rows)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _snapshots(issues: Iterable[Json]) -> Iterator[tuple[IssueSnapshot, Json]]:
    for issue in issues:
        try:
            yield read({"webhookEvent": "sweep", "issue": issue}), issue
        except UnknownShape:
            log.warning("sweep.unknown_shape", issue=str(issue.get("id")))


def _compare(this: Round, batch: list[tuple[IssueSnapshot, Json]]) -> set[str]:
    """Compare each issue with its ticket here; returns the keys under which the portal knows them."""
    keys = [snapshot.key for snapshot, _ in batch]
    rows = Ticket.objects.filter(key__in=keys).select_related("request", "request__late_edit")
    tickets = {ticket.key: ticket for ticket in rows}
    other_keys = dict(Ticket.objects.exclude(issue_id="").exclude(key__in=keys).filter(
        issue_id__in=[snapshot.issue_id for snapshot, _ in batch]).values_list("issue_id", "key"))  # fmt: skip
    for snapshot, issue in batch:
        this.looked_at += 1
        ticket = tickets.get(snapshot.key)
        if ticket is None and (former := other_keys.get(snapshot.issue_id)):
            _moved(former, snapshot)
            keys.append(former)
        elif snapshot.updated_at is None or snapshot.updated_at <= this.began - clock.scaled(FRESH):
            _compare_one(this, snapshot, issue, ticket)
    Ticket.objects.filter(key__in=keys).update(compared_at=this.began)
    return set(keys)


def _compare_one(this: Round, snapshot: IssueSnapshot, issue: Json, ticket: Ticket | None) -> None:
    request = ticket.request if ticket else None
    if not is_lost(snapshot, ticket):
        found = comparison.disagreements(snapshot, request) if request else []
        divergences.settle(ticket=snapshot.key, request=request, found=found)
        return
    try:
        delivery, new = store_found(issue=issue, snapshot=snapshot)
    except Malformed as problem:
        trouble = str(problem)
    else:
        if new:
            this.found.append(snapshot.key)
        trouble = delivery.reason if delivery.status == WebhookStatus.FAILED else ""
    if trouble:
        unread = Disagreement(DivergenceKind.UNREAD, snapshot.status, {"reason": trouble})
        divergences.notice(ticket=snapshot.key, request=request, found=unread)


def _gone(key: str) -> None:
    """Jira shows no issue under this key. That is told, not acted on: the portal may have lost its permission."""
    ticket = Ticket.objects.select_related("request").get(key=key)
    Ticket.objects.filter(pk=ticket.pk).update(compared_at=clock.now())
    open_ = ticket.request is not None and ticket.request.status in comparison.OPEN
    found = [Disagreement(DivergenceKind.GONE)] if open_ else []
    divergences.settle(ticket=key, request=ticket.request, found=found)


def _moved(former: str, snapshot: IssueSnapshot) -> None:
    """The issue got another key (another project): taken up under the new one it would be vended twice."""
    ticket = Ticket.objects.select_related("request").get(key=former)
    found = Disagreement(DivergenceKind.GONE, snapshot.status, {"moved_to": snapshot.key})
    if ticket.request is not None and ticket.request.status in comparison.OPEN:
        divergences.notice(ticket=former, request=ticket.request, found=found)


def _record(this: Round) -> None:
    if this.found:
        names = ", ".join(this.found[:20]) + (" …" if len(this.found) > 20 else "")
        record_event(
            actor=Actor.system("sweep"), action="jira.swept", target_kind="sweep", target_id=1,
            summary=f"Jira shows what no webhook told, and it was taken in: {names}.",
        )  # fmt: skip
