"""What people set: which Jira field is which of ours, what a status means, which types are answered."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from audit.services import Actor, record_event
from jira_bridge.custom_data import present_template, unknown_kinds
from jira_bridge.mapping_file import JIRA_ID
from jira_bridge.models import AcceptedType, FieldMapping, JiraField, StatusMapping


class SettingAdmin(ModelAdmin):
    """What people set: editable, and every change is an event with the values before and after."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = _values(type(obj).objects.get(pk=obj.pk)) if change else None
        super().save_model(request, obj, form, change)
        self._record(request, obj, "changed" if change else "added", before, _values(obj))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        before, pk = _values(obj), obj.pk
        super().delete_model(request, obj)
        obj.pk = pk
        self._record(request, obj, "removed", before, None)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            self.delete_model(request, row)

    def _record(self, request: HttpRequest, obj: Any, verb: str, before: Any, after: Any) -> None:
        name = str(self.opts.verbose_name)
        record_event(
            actor=Actor.person(request.user.get_username()),
            action=f"{self.opts.model_name}.{verb}",
            summary=f"{name.capitalize()} “{obj}” was {verb}.",
            target_kind=str(self.opts.model_name),
            target_id=obj.pk,
            before=before,
            after=after,
        )


def _values(row: Any) -> dict[str, Any]:
    fields = (field for field in row._meta.concrete_fields if not field.primary_key)
    return {field.name: getattr(row, field.attname) for field in fields}


class FieldMappingForm(forms.ModelForm):
    """Takes what a mapping file takes, so that every mapping can be exported and imported again."""

    def clean_jira_id(self) -> str:
        given = str(self.cleaned_data["jira_id"]).strip()
        if not JIRA_ID.fullmatch(given):
            raise forms.ValidationError(_("This is no field of Jira; write customfield_NNNNN, or summary."))
        return given


@admin.register(FieldMapping)
class FieldMappingAdmin(SettingAdmin):
    form = FieldMappingForm
    list_display = ("field", "jira_id", "jira_name", "note")
    search_fields = ("field", "jira_id", "note")
    change_list_template = "admin/jira_bridge/fieldmapping/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[FieldMapping]:
        known = JiraField.objects.filter(jira_id=OuterRef("jira_id")).values("name")
        return super().get_queryset(request).annotate(jira_name=Subquery(known))

    @admin.display(description=_("name in Jira"), ordering="jira_name")
    def jira_name(self, row: FieldMapping) -> str:
        return getattr(row, "jira_name", None) or "-"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.custom_data_view)
        return [path("custom-data/", view, name="jira_bridge_fieldmapping_custom_data"), *super().get_urls()]

    def custom_data_view(self, request: HttpRequest) -> HttpResponse:
        """The custom data of an automation rule for the mapped fields, to copy."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("Custom data for Automation"),
            "opts": self.opts,
            "template": present_template(),
            "unknown": unknown_kinds(),
            "mapped": FieldMapping.objects.exists(),
        }
        return TemplateResponse(request, "admin/jira_bridge/fieldmapping/custom_data.html", context)


@admin.register(StatusMapping)
class StatusMappingAdmin(SettingAdmin):
    list_display = ("jira_status", "meaning")
    list_filter = ("meaning",)
    search_fields = ("jira_status",)


@admin.register(AcceptedType)
class AcceptedTypeAdmin(SettingAdmin):
    list_display = ("name",)
    search_fields = ("name",)
