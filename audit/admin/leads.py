"""From an event to the rows that it names, and back. The rooms above tell which rows: audit knows none of them."""

from typing import NamedTuple

from django.contrib.admin import AdminSite
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from audit.models import Event


class Lead(NamedTuple):
    """What a field of an event names: a row of this model, by this unique field of it."""

    model: type[Model]
    by: str


LEADS: dict[str, Lead] = {}
"""By the field of an event. One entry for each model."""


def leads_to(field: str, model: type[Model], *, by: str) -> None:
    """Makes that field of an event a link to the row it names."""
    LEADS[field] = Lead(model, by)


def rows_of(event: Event, request: HttpRequest, site: AdminSite) -> dict[str, Model]:
    """By field, the row it names: only those that are there, and that this person may see."""
    rows = {}
    for field, (model, by) in LEADS.items():
        named = getattr(event, field)
        if named and site.get_model_admin(model).has_view_permission(request):
            row = model._default_manager.filter(**{by: named}).only("pk").first()
            if row:
                rows[field] = row
    return rows


def events_of(row: Model, request: HttpRequest, site: AdminSite) -> str | None:
    """The address of the list of all events that name this row; None when they do not, or are not for this person."""
    if site.get_model_admin(Event).has_view_permission(request):
        for field, (model, by) in LEADS.items():
            if isinstance(row, model):
                return f"{reverse('admin:audit_event_changelist')}?{urlencode({f'{field}__exact': getattr(row, by)})}"
    return None
