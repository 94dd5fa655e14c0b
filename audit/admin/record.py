"""Admin pages of what the portal itself writes: read by all who may, edited by nobody."""

import re
from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from audit.admin.bulk import BulkMixin
from audit.admin.columns import with_moments
from audit.admin.leads import events_of
from audit.admin.lists import ListToolsMixin
from audit.admin.rows import CheckboxMixin

DASHED_ACCOUNT = re.compile(r"\b(\d{4})[- ](\d{4})[- ](\d{4})\b")


def plain_account_ids(term: str) -> str:
    """What a person typed, with account ids as AWS writes them: 1234-5678-9012 becomes 123456789012."""
    return DASHED_ACCOUNT.sub(r"\1\2\3", term.strip())


def link_to(row: Model | None, text: str = "") -> SafeString | str:
    """A link to the row's page, or a dash when there is no row."""
    if row is None:
        return "-"
    meta = row._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    return format_html('<a class="av-link" href="{}">{}</a>', address, text or str(row))


class CappedPaginator(Paginator):
    """Counts up to MOST rows and says "50,000+" from there: counting millions takes seconds."""

    MOST = 50_000
    MOST_FOUND = 5_000
    """Of a search, which reads the text of each row that it counts."""
    template_name = "portal/pagination.html"

    @cached_property
    def count(self) -> int:
        rows = cast(QuerySet[Any], self.object_list)
        return rows.order_by()[: self.MOST].count()


class RecordList(ChangeList):
    """A list that knows one count only, the capped one of what it shows."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.full_result_count = self.result_count


class RecordAdmin(ListToolsMixin, CheckboxMixin, ModelAdmin):
    """History must not change: no add, change or delete, for superusers neither."""

    actions = None
    list_per_page = 25  # 50 rows alone took longer than twice the page without any
    show_full_result_count = False
    paginator = CappedPaginator
    list_filter_submit = False
    list_fullwidth = True
    search: Callable[[QuerySet[Any], str], QuerySet[Any]] | None = None
    """How this list searches; none: Django's search through each of search_fields, for short lists."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return RecordList

    def get_paginator(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Paginator:
        made = super().get_paginator(request, *args, **kwargs)
        if isinstance(made, CappedPaginator) and request.GET.get(SEARCH_VAR):
            made.MOST = min(made.MOST, made.MOST_FOUND)
        return made

    def has_add_permission(self, request: HttpRequest, *_args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """No patterns in an address: a wrong one breaks the page, a bad one keeps the database busy."""
        return not lookup.endswith(("__regex", "__iregex")) and super().lookup_allowed(lookup, value, request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term, own = plain_account_ids(search_term), type(self).search
        if own is None:
            return super().get_search_results(request, queryset, term)
        return own(queryset, term) if term else queryset, False

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """A record's history are its events, or what its page says: Django's own knows only what people edit."""
        row = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        own = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])
        return HttpResponseRedirect(events_of(row, request, self.admin_site) or own)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Moments of a list are shown in the viewer's zone."""
        return with_moments(self.model, super().get_list_display(request))

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> list[Any]:
        return with_moments(self.model, super().get_list_display_links(request, self.list_display) or ())


class PageAdmin(RecordAdmin):
    """A record with a page of its own: its template shows what `page_of` reads, and no form is built for it."""

    def page_of(self, request: HttpRequest, object_id: str) -> dict[str, Any] | None:
        """What the template needs, with the row as `original`; None when there is no such row."""
        raise NotImplementedError

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD") or not self.has_view_permission(request):
            raise PermissionDenied
        page = self.page_of(request, unquote(object_id))
        if page is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(page["original"]),
            **page,
            **(extra_context or {}),
        }
        template = f"admin/{self.opts.app_label}/{self.opts.model_name}/change_form.html"
        return TemplateResponse(request, template, context)


class RecordInline(admin.options.InlineModelAdmin):
    """Rows shown inside another row's page; as unchangeable as everything else."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OperatedRecordAdmin(BulkMixin, RecordAdmin):
    """A record with operations: their buttons stand above it."""

    change_form_template = "admin/operated_record.html"

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id) if object_id else None
        buttons = self.buttons(request, row) if row else []
        return super().changeform_view(request, object_id, form_url, {"buttons": buttons, **(extra_context or {})})


class OperatedPageAdmin(BulkMixin, PageAdmin):
    """A record with a page of its own and operations, some of them for many rows at once."""
