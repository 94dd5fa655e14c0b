"""The question “which of our fields is this?” for a field of a delivery, and its answer."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.services import Actor
from jira_bridge.choices import RequestField
from jira_bridge.inspector import Inspected, inspect
from jira_bridge.mapping import map_field
from jira_bridge.mapping_file import MappingFault
from jira_bridge.models import FieldMapping, WebhookDelivery
from jira_bridge.proposals import Candidate, probable
from jira_bridge.services import REPEATABLE

if TYPE_CHECKING:
    from jira_bridge.admin.deliveries import WebhookDeliveryAdmin


class AssignmentForm(forms.Form):
    """Our fields; one that another field of Jira holds says so, and choosing it takes it away from there."""

    field = forms.ChoiceField(
        label=gettext_lazy("Our field"),
        help_text=gettext_lazy("One that is mapped already is taken away from the field it has now."),
        widget=forms.Select(attrs={"class": "av-input", "autofocus": True}),
    )

    def __init__(self, data: Mapping[str, Any] | None, mapped: dict[str, str], *, may_replace: bool) -> None:
        super().__init__(data)
        free = [(ours.value, str(ours.label)) for ours in RequestField if ours not in mapped]
        taken = [
            (ours.value, _("{field} (now {jira_id})").format(field=ours.label, jira_id=mapped[ours]))
            for ours in RequestField
            if ours in mapped and may_replace
        ]
        cast(forms.ChoiceField, self.fields["field"]).choices = [("", _("Choose…")), *free, *taken]


def assignment_view(page: "WebhookDeliveryAdmin", request: HttpRequest, object_id: str, jira_id: str) -> HttpResponse:
    """Ask which of our fields the delivery's field holds (GET), and map it (POST)."""
    if not page.has_view_permission(request) or not request.user.has_perm("jira_bridge.add_fieldmapping"):
        raise PermissionDenied
    delivery = page.get_object(request, unquote(object_id))
    found = inspect(delivery).field_of(jira_id) if delivery else None
    if delivery is None or found is None or not found.mappable:
        raise Http404
    back = reverse("admin:jira_bridge_webhookdelivery_change", args=[delivery.pk])
    mapped = dict(FieldMapping.objects.values_list("field", "jira_id"))
    may_replace = request.user.has_perm("jira_bridge.change_fieldmapping")
    form = AssignmentForm(request.POST or None, mapped, may_replace=may_replace)
    if request.method == "POST" and form.is_valid():
        _map(request, delivery, found, RequestField(form.cleaned_data["field"]))
        return HttpResponseRedirect(back)
    candidate = Candidate(jira_id, found.name, found.kind)
    likely = probable(candidate, [ours for ours in RequestField if ours not in mapped])
    form.initial = {"field": likely} if likely else {}
    context = {
        **page.admin_site.each_context(request),
        "title": _("Map a field"),
        "operation": {"label": _("Map")},
        "question": _question(found),
        "row": found.name or jira_id,
        "form": form,
        "back": back,
        "possible": True,
    }
    return TemplateResponse(request, "admin/operation.html", context)


def _question(found: Inspected) -> str:
    return _("Which of our fields does {jira_id} ({kind}) hold? Here it holds “{value}”.").format(
        jira_id=found.jira_id, kind=found.kind.label, value=found.short
    )


def _map(request: HttpRequest, delivery: WebhookDelivery, found: Inspected, ours: RequestField) -> None:
    actor = Actor.person(request.user.get_username())
    try:
        map_field(field=ours, jira_id=found.jira_id, actor=actor, note=found.name)
    except MappingFault as fault:
        messages.error(request, str(fault))
        return
    said = _("“{field}” is now read from {jira_id}.").format(field=ours.label, jira_id=found.jira_id)
    if delivery.status in REPEATABLE:
        then = _("Press “Process again” to read this delivery with it.")
    else:
        then = _("The next delivery of the ticket is read with it.")
    messages.success(request, f"{said} {then}")
