"""What each message is told about its event, from our own rows; the words are in its template."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from audit.choices import ActorKind
from audit.models import Event
from jira_bridge import mapping
from jira_bridge.choices import Meaning
from jira_bridge.markup.formats import written_amount
from jira_bridge.models import Ticket
from jira_bridge.words import field_label
from vending.aws import links
from vending.choices import StepStatus
from vending.content import FIELDS, as_json, of_request, value_text
from vending.milestones import milestone_of, progress_of
from vending.models import AccountChange, AccountRequest, Run
from vending.selectors import estimated_minutes

Context = dict[str, Any]


def received(event: Event, request: AccountRequest) -> Context:
    language = settings.JIRA_LANGUAGE
    values = as_json(of_request(request))
    shown = [(field_label(field.name, language), value_text(values[field.name])) for field in FIELDS[:-1]]
    if request.monthly_budget is not None:
        amount = f"{written_amount(request.monthly_budget, language)} USD"
        shown.append((field_label("monthly_budget", language), amount))
    return {
        "values": [(label, text) for label, text in shown if text],
        "minutes": estimated_minutes(request.environment),
        "portal_url": request_url(request),
    }


def to_correct(event: Event, request: AccountRequest) -> Context:
    faults = request.preflight.filter(passed=False)
    language = settings.JIRA_LANGUAGE
    with translation.override(language):
        told = [(field_label(fault.field, language), fault.said) for fault in faults]
    return {
        "faults": told,
        "portal_url": request_url(request),
    }


def started(event: Event, request: AccountRequest) -> Context:
    return {
        "account_name": request.account_name,
        "minutes": estimated_minutes(request.environment),
        "portal_url": _run_url(event, request),
    }


def progress(event: Event, request: AccountRequest) -> Context:
    steps = _run(event).steps.values_list("step", "status")
    return {
        "account_name": request.account_name,
        "milestones": [(milestone.value, state.value) for milestone, state in progress_of(steps).items()],
        "portal_url": _run_url(event, request),
    }


def ready(event: Event, request: AccountRequest) -> Context:
    run = _run(event)
    account_id = run.account.account_id if run.account else ""
    deployed = Run.objects.filter(pk=run.pk).values_list("steps__stack_set_places__stack_set__name", flat=True)
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


def failed(event: Event, request: AccountRequest) -> Context:
    run = _run(event)
    step = run.steps.filter(status=StepStatus.FAILED).first()
    return {
        "account_name": request.account_name,
        "milestone": milestone_of(step.step).value if step else None,
        "reference": f"{request.ticket} / {event.run_id}",
        "portal_url": _run_url(event, request),
    }


def on_hold(event: Event, request: AccountRequest) -> Context:
    """Why a run is held: its ticket was edited or put on hold, its approval taken back, or a person says why."""
    changed = [field_label(name, settings.JIRA_LANGUAGE) for name in event.after or {}]
    person = event.actor_kind == ActorKind.PERSON
    return {
        "cause": "edited" if changed else "person" if person else "ticket" if _stands_on_hold(event) else "withdrawn",
        "changed": changed,
        "reason": event.summary if person else None,
        "portal_url": _run_url(event, request),
    }


def resumed(event: Event, request: AccountRequest) -> Context:
    return {"account_name": request.account_name, "portal_url": _run_url(event, request)}


def not_approved(event: Event, request: AccountRequest) -> Context:
    """Why an approval does not count (jira_bridge.policy.Objection), and whose it was."""
    told = event.after or {}
    return {
        "cause": told.get("cause"), "person": told.get("person"), "reason": None, "portal_url": request_url(request),
    }  # fmt: skip


def sent_back(event: Event, request: AccountRequest) -> Context:
    """What the cloud team says to an edit after the approval that it did not accept."""
    return {"cause": "sent_back", "person": None, "reason": event.summary, "portal_url": request_url(request)}


def needs_approval(event: Event, request: AccountRequest) -> Context:
    """Why a request is held: it was edited after its approval, and nobody approved it again."""
    return {"cause": "needs_approval", "changed": [], "reason": None, "portal_url": request_url(request)}


def cancelled(event: Event, request: AccountRequest) -> Context:
    person = event.actor_kind == ActorKind.PERSON
    creation = {"steps__step": "create_account", "steps__intended_at__isnull": False}
    return {
        "reason": (event.after or {}).get("reason") or None if person else None,
        "account_id": event.account_id or None,
        "may_exist": not event.account_id and Run.objects.filter(pk=event.run_id or 0, **creation).exists(),
    }


def changed(event: Event, request: AccountRequest) -> Context:
    before, after, language = event.before or {}, event.after or {}, settings.JIRA_LANGUAGE
    return {
        "account_name": request.account_name,
        "changes": [
            (field_label(name, language), value_text(before.get(name)), value_text(new)) for name, new in after.items()
        ],
        "reason": AccountChange.objects.filter(run=event.run_id).values_list("reason", flat=True).first(),
        "portal_url": _run_url(event, request),
    }


def left(event: Event, request: AccountRequest) -> Context:
    """What the cloud team says to an edit after the account was ready that changes nothing."""
    return {
        "account_name": request.account_name,
        "reason": (event.after or {}).get("reason") or event.summary,
        "portal_url": request_url(request),
    }


def request_url(request: AccountRequest) -> str:
    """The request's page in the portal."""
    return settings.PORTAL_BASE_URL + reverse("admin:vending_accountrequest_change", args=[request.pk])


def _stands_on_hold(event: Event) -> bool:
    ticket = Ticket.objects.filter(key=event.ticket).first()
    return ticket is not None and mapping.meaning_of(ticket.status) == Meaning.ON_HOLD


def _run(event: Event) -> Run:
    return Run.objects.select_related("account").get(pk=event.run_id or 0)


def _run_url(event: Event, request: AccountRequest) -> str:
    if event.run_id is None:
        return request_url(request)
    return settings.PORTAL_BASE_URL + reverse("admin:vending_run_change", args=[event.run_id])
