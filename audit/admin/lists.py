"""The tools above a list: saved filters, and the list as a file."""

from typing import Any, cast

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import BinaryField, Field
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    QueryDict,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from audit.choices import ExportFormat, ExportStatus
from audit.lists import exporting, saving
from audit.lists.models import Export, SavedFilter

KINDS = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
NOT_EXPORTED = {"lease", "lease_until"}


class FilterForm(forms.Form):
    name = forms.CharField(max_length=60)
    shared = forms.BooleanField(required=False)
    query = forms.CharField(max_length=saving.LONGEST)


class ListToolsMixin(ModelAdmin):
    """Gives a list saved filters and exports. Whoever sees the list may have both; each sees only the own files."""

    list_before_template = "portal/list_tools.html"
    export_fields: tuple[str, ...] = ()
    """Paths of the fields to export; empty: all of the row itself."""

    @property
    def list_name(self) -> str:
        return f"{self.opts.app_label}.{self.opts.model_name}"

    def get_urls(self) -> list[URLPattern]:
        views = (
            ("filters/", self.save_view, "filters"),
            ("filters/<int:saved>/delete/", self.forget_view, "filter_delete"),
            ("exports/", self.exports_view, "exports"),
            ("exports/<int:export>/", self.export_view, "export"),
            ("exports/<int:export>/file/", self.file_view, "export_file"),
        )
        own = [path(part, self.admin_site.admin_view(view), name=self._address(name)) for part, view, name in views]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context: dict[str, Any] = {}
        if self.has_view_permission(request):
            query = saving.plain_query(request.META.get("QUERY_STRING", ""))
            context = {
                "saved_filters": list(saving.filters_for(_person(request), self.list_name)),
                "list_query": query,
                "export_formats": ExportFormat.choices,
                "list_tools": {name: self._url(name) for name in ("filters", "exports")},
            }
        return cast(HttpResponse, super().changelist_view(request, {**context, **(extra_context or {})}))

    def save_view(self, request: HttpRequest) -> HttpResponse:
        self._demand(request, "POST")
        form = FilterForm(request.POST)
        query = saving.plain_query(request.POST.get("query", ""))
        if form.is_valid() and 0 < len(query) <= saving.LONGEST:
            given = form.cleaned_data
            saving.save_filter(
                owner=_person(request), list_name=self.list_name, name=given["name"], query=query,
                shared=given["shared"],
            )  # fmt: skip
            messages.success(request, _("The filter “%(name)s” is saved.") % {"name": given["name"]})
        else:
            messages.error(request, _("Filter the list first and give the filter a name of at most 60 characters."))
        return self._to_list(query)

    def forget_view(self, request: HttpRequest, saved: int) -> HttpResponse:
        self._demand(request, "POST")
        row = get_object_or_404(SavedFilter, pk=saved, owner=_person(request), list=self.list_name)
        row.delete()
        messages.success(request, _("The filter “%(name)s” is deleted.") % {"name": row.name})
        return self._to_list(row.query)

    def exports_view(self, request: HttpRequest) -> HttpResponseBase:
        """GET: what this person has exported from this list. POST: export the list as it is filtered."""
        self._demand(request, "GET", "POST")
        if request.method == "GET":
            return self._export_page(request, None)
        query = saving.plain_query(request.POST.get("query", ""))
        if request.POST.get("format") not in ExportFormat.values:
            raise Http404
        try:
            if len(query) > saving.LONGEST_EXPORTED:
                raise IncorrectLookupParameters
            table = self.export_table(_person(request), query)
            export = exporting.ask(
                owner=_person(request), list_name=self.list_name, query=query,
                file_format=ExportFormat(request.POST["format"]), table=table,
            )  # fmt: skip
        except exporting.TooMany as refusal:
            messages.error(request, str(refusal))
            return self._to_list(query)
        except IncorrectLookupParameters:
            messages.error(request, _("This is no filter of this list."))
            return self._to_list("")
        if (export.rows_all or 0) > exporting.AT_ONCE:
            return HttpResponseRedirect(self._url("export", export.pk))
        exporting.write(export.pk, table)
        return self._file(export)

    def export_view(self, request: HttpRequest, export: int) -> HttpResponse:
        self._demand(request, "GET")
        return self._export_page(request, self._own(request, export))

    def file_view(self, request: HttpRequest, export: int) -> HttpResponseBase:
        self._demand(request, "GET")
        row = self._own(request, export)
        if row.status != ExportStatus.READY:
            raise Http404
        return self._file(row)

    def export_table(self, person: User, query: str) -> exporting.Table:
        """The rows of this list as that person sees it with that query. Raises PermissionDenied."""
        request = HttpRequest()
        request.method, request.GET, request.user = "GET", QueryDict(query), person
        if not person.is_active or not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_changelist_instance(request).queryset
        own = tuple(field.attname for field in self.opts.concrete_fields if _is_for_a_cell(field))
        return exporting.Table(rows, self.export_fields or own)

    def _demand(self, request: HttpRequest, *methods: str) -> None:
        if request.method not in methods or not self.has_view_permission(request):
            raise PermissionDenied

    def _own(self, request: HttpRequest, export: int) -> Export:
        return get_object_or_404(Export, pk=export, owner=_person(request), list=self.list_name)

    def _export_page(self, request: HttpRequest, export: Export | None) -> HttpResponse:
        mine = Export.objects.filter(owner=_person(request), list=self.list_name)
        live = export is not None and request.GET.get("part") == "live"
        context = {
            **({} if live else self.admin_site.each_context(request)),
            "opts": self.opts,
            "title": _("Exports"),
            "export": export,
            "exports": [] if live else list(mine[:20]),
            "list_tools": {name: self._url(name) for name in ("exports", "changelist")},
        }
        return TemplateResponse(request, "portal/export_live.html" if live else "portal/export.html", context)

    def _file(self, export: Export) -> StreamingHttpResponse:
        answer = StreamingHttpResponse(exporting.content(export), content_type=KINDS[ExportFormat(export.format)])
        day = timezone.localtime(export.asked_at).strftime("%Y-%m-%d")
        answer["Content-Disposition"] = f'attachment; filename="{self.opts.model_name}-{day}.{export.format}"'
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Cache-Control"] = "private, no-store"
        return answer

    def _address(self, name: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{name}"

    def _url(self, name: str, *args: Any) -> str:
        return reverse(f"admin:{self._address(name)}", args=args)

    def _to_list(self, query: str) -> HttpResponseRedirect:
        return HttpResponseRedirect(self._url("changelist") + (f"?{query}" if query else ""))


def table_of(export: Export) -> exporting.Table:
    """What an export's owner sees now. Raises PermissionDenied where that is nothing any more."""
    page: Any = admin.site.get_model_admin(apps.get_model(export.list))
    return cast(exporting.Table, page.export_table(export.owner, export.query))


def _is_for_a_cell(field: "Field[Any, Any]") -> bool:
    """Bytes are not: the body of one delivery may be 25 MB, and no cell shows it."""
    return field.name not in NOT_EXPORTED and not field.generated and not isinstance(field, BinaryField)


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)
