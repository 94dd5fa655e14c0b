"""What each event says in the ticket: the message, its context from our own rows, and where the ticket moves."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Avg, F
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.models import Event
from jira_bridge.choices import Meaning
from vending.aws import links
from vending.choices import RunStatus, StepStatus
from vending.content import FIELDS, as_json, of_request
from vending.models import AccountRequest, Run

USUAL_MINUTES = 10
Context = dict[str, Any]


@dataclass(frozen=True)
class Message:
    """A message of the ticket: its template, how its context is made, and the status it moves the ticket to."""

    template: str
    title: str
    context: Callable[[Event, AccountRequest], Context]
    moves_to: Meaning | None = None
    moves_from: tuple[Meaning, ...] = ()


def _received(event: Event, request: AccountRequest) -> Context:
    values = as_json(of_request(request))
    shown = [(str(field.label), _shown(values[field.name])) for field in FIELDS]
    return {
        "values": [(label, text) for label, text in shown if text],
        "actions": [
            _("Create the AWS account and make sure that it works."),
            _("Move it into its organizational unit and tag it."),
            _("Set the alternate contacts and deploy the stack sets."),
        ],
        "minutes": _usual_minutes(),
        "portal_url": _request_url(request),
    }


def _to_correct(event: Event, request: AccountRequest) -> Context:
    labels = {field.name: str(field.label) for field in FIELDS}
    faults = request.preflight.filter(passed=False)
    return {
        "faults": [(labels.get(fault.field, _("Request")), fault.sentence) for fault in faults],
        "portal_url": _request_url(request),
    }


def _started(event: Event, request: AccountRequest) -> Context:
    return {
        "account_name": request.account_name, "minutes": _usual_minutes(), "portal_url": _run_url(event, request),
    }  # fmt: skip


def _ready(event: Event, request: AccountRequest) -> Context:
    account = _run(event).account
    account_id = account.account_id if account else ""
    deployed = Run.objects.filter(pk=_run(event).pk).values_list("steps__stack_set_places__stack_set__name", flat=True)
    sign_in = settings.SIGN_IN_URL
    return {
        "account_id": account_id,
        "account_name": request.account_name,
        "organizational_unit": request.organizational_unit,
        "monthly_budget": request.monthly_budget,
        "currency": "USD",
        "stack_sets": sorted({name for name in deployed if name}),
        "sign_in_url": links.from_template(sign_in, account_id=account_id) if sign_in
        else links.switch_role(account_id, "OrganizationAccountAccessRole", request.account_name),
        "billing_url": links.billing(),
        "guardrails_url": settings.GUARDRAILS_URL or None,
        "onboarding_url": settings.ONBOARDING_URL or None,
    }  # fmt: skip


def _failed(event: Event, request: AccountRequest) -> Context:
    failed = _run(event).steps.filter(status=StepStatus.FAILED).first()
    step = failed.title if failed else _("a step")
    return {
        "account_name": request.account_name,
        "problem": _("It stopped at “%(step)s”.") % {"step": step},
        "reference": f"{request.ticket} / {event.run_id}",
        "portal_url": _run_url(event, request),
    }


def _on_hold(event: Event, request: AccountRequest) -> Context:
    return {
        "reason": event.summary,
        "next_step": _("The cloud team decides whether to go on."),
        "portal_url": _run_url(event, request),
    }


def _needs_approval(event: Event, request: AccountRequest) -> Context:
    return {
        "reason": _("The ticket was edited after its approval."),
        "next_step": _("An approver moves the ticket back and approves it again."),
        "portal_url": _request_url(request),
    }


def _cancelled(event: Event, request: AccountRequest) -> Context:
    return {"reason": event.summary, "account_id": event.account_id or None}


MESSAGES: dict[str, Message] = {
    "request.preflight_passed": Message(
        "received",
        "Ready for approval",
        _received,
        moves_to=Meaning.AWAITING_APPROVAL,
        moves_from=(Meaning.TO_CORRECT,),
    ),
    "request.to_correct": Message(
        "to_correct",
        "Please correct",
        _to_correct,
        moves_to=Meaning.TO_CORRECT,
        moves_from=(Meaning.AWAITING_APPROVAL, Meaning.APPROVED),
    ),
    "run.started": Message("started", "Started", _started),
    "run.succeeded": Message(
        "ready", "Account ready", _ready, moves_to=Meaning.VALIDATION, moves_from=(Meaning.APPROVED,)
    ),
    "run.failed": Message("failed", "Stopped", _failed),
    "run.on_hold": Message("on_hold", "On hold", _on_hold),
    "request.on_hold": Message("on_hold", "On hold", _needs_approval),
    "request.cancelled": Message("cancelled", "Cancelled", _cancelled),
    "run.cancelled": Message("cancelled", "Cancelled", _cancelled),
}


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(part for part in value.values() if part)
    if isinstance(value, list | tuple):
        return ", ".join(value)
    return value or ""


def _usual_minutes() -> int:
    """How long the last runs took on average, rounded up."""
    ended = Run.objects.filter(status=RunStatus.SUCCEEDED, finished_at__isnull=False)[:50]
    average = Run.objects.filter(pk__in=ended.values("pk")).aggregate(taken=Avg(F("finished_at") - F("started_at")))[
        "taken"
    ]
    return max(1, -(-int(average.total_seconds()) // 60)) if average else USUAL_MINUTES


def _request_url(request: AccountRequest) -> str:
    return settings.PORTAL_BASE_URL + reverse("admin:vending_accountrequest_change", args=[request.pk])


def _run(event: Event) -> Run:
    return Run.objects.select_related("account").get(pk=event.run_id or 0)


def _run_url(event: Event, request: AccountRequest) -> str:
    if event.run_id is None:
        return _request_url(request)
    return settings.PORTAL_BASE_URL + reverse("admin:vending_run_change", args=[event.run_id])
