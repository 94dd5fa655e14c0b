"""Small pieces of the pages: a coloured status, a moment, a duration, an address."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.conf import settings
from django.db.models import Model, TextChoices
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext

from audit.choices import DeliveryStatus, ExportStatus
from audit.labels import label, moment_label
from compliance.choices import FindingStatus
from vending.choices import AccountState, RequestStatus, RunStatus, StepStatus
from vending.content import Change, clean, difference
from vending.models import AccountChange
from vending.pages import in_words
from vending.sentences import in_language
from vending.steps import registry

register = template.Library()
STATUSES: dict[str, type[TextChoices]] = {
    "request": RequestStatus,
    "run": RunStatus,
    "step": StepStatus,
    "finding": FindingStatus,
    "account": AccountState,
    "delivery": DeliveryStatus,
    "export": ExportStatus,
}


@register.filter
def status(value: str, kind: str) -> SafeString:
    """The choice's label in its colour: {{ run.status|status:"run" }}."""
    return label(STATUSES[kind](value))


@register.filter
def colour(value: str, kind: str) -> str:
    choice: Any = STATUSES[kind](value)
    return str(choice.colour)


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """A time with the exact UTC on hover; static/portal/time.js shows it in the viewer's zone."""
    return moment_label(value)


@register.filter
def clock(value: datetime | None) -> SafeString | str:
    """The same without the day."""
    return moment_label(value, show="time")


@register.filter
def grouped(value: int) -> str:
    """A number as people read it: 20,000."""
    return number_format(value, force_grouping=True)


@register.filter
def ago(value: datetime | None) -> SafeString | str:
    """How long ago, with the moment on hover."""
    if value is None:
        return "-"
    exact = value.astimezone(timezone.get_fixed_timezone(0)).strftime("%Y-%m-%d %H:%M:%S UTC")
    recent = timezone.now() - value < timedelta(minutes=1)
    shown = gettext("just now") if recent else timesince(value, depth=1)
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), exact, shown)


@register.filter
def fields(change: AccountChange) -> list[Change]:
    """The fields that a change of an account changed, with both values."""
    return difference(clean(change.before), clean(change.after))


@register.filter
def control(name: str) -> str:
    """A control by the title of the step that looks."""
    step = registry.BY_NAME.get(name)
    return in_language(step.title) if step else name


@register.filter
def said(text: str) -> str:
    """A step's title, or what an error means: kept in English, said in the viewer's language."""
    return in_language(text)


@register.filter
def lasting(value: timedelta | None) -> str:
    return in_words(value) if value is not None else "-"


@register.filter
def page(row: Model) -> str:
    """The address of a row's own page."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


@register.simple_tag
def ticket_address(ticket: str) -> str:
    """The ticket in Jira; empty when no Jira is set up."""
    return f"{settings.JIRA_BASE_URL}/browse/{ticket}" if settings.JIRA_BASE_URL and ticket else ""


@register.filter
def percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0
