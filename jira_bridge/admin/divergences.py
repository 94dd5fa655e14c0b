"""Where ticket and portal disagree: both sides in words, and a button that brings them together."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit.admin.columns import coloured
from audit.admin.operations import Operation
from audit.admin.record import OperatedRecordAdmin, link_to
from audit.services import Actor
from jira_bridge import sides
from jira_bridge.choices import DivergenceKind
from jira_bridge.divergences import reconcile
from jira_bridge.models import Divergence, Sweep
from vending.services import NotAllowed

PERMISSION = "jira_bridge.reconcile_divergence"
BUTTONS: dict[str, str | Promise] = {
    DivergenceKind.UNREAD: _("Take in the ticket"),
    DivergenceKind.CONTENT: _("Take in the ticket"),
    DivergenceKind.STATUS: _("Move the ticket"),
    DivergenceKind.GONE: _("Withdraw the request"),
}
"""What Reconcile does with each kind."""
_READ_AGAIN = _("The ticket is read in Jira again and processed like a webhook.")
QUESTIONS: dict[str, str | Promise] = {
    DivergenceKind.UNREAD: _READ_AGAIN,
    DivergenceKind.CONTENT: _READ_AGAIN,
    DivergenceKind.STATUS: _("The ticket is moved in Jira to where its request stands here."),
    DivergenceKind.GONE: _(
        "Under its key there is no ticket in Jira any more. The request is withdrawn: nothing further is made for it."
    ),
}


def _reconcile(divergence: Divergence, actor: Actor, _reason: str) -> None:
    reconcile(divergence=divergence, actor=actor)


RECONCILE = Operation(
    name="reconcile",
    label=_("Reconcile"),
    question=lambda row: QUESTIONS[row.kind],
    done=_("Ticket and portal are brought together; the next sweep checks it."),
    permission=PERMISSION,
    offered=lambda row: row.resolved_at is None,
    perform=_reconcile,
    refusal=NotAllowed,
    facts=lambda row: [(_("Jira says"), _lines(sides.in_jira(row))), (_("The portal says"), _lines(sides.here(row)))],
)


class OpenFilter(admin.SimpleListFilter):
    """Open ones unless others are asked for."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return (("settled", _("Settled")), ("all", _("All")))

    def choices(self, changelist: Any) -> Iterator[Any]:
        for value, title in ((None, _("Open")), *self.lookup_choices):
            query = changelist.get_query_string(
                {self.parameter_name: value} if value else {}, [] if value else [self.parameter_name]
            )
            yield {"selected": self.value() == value, "query_string": query, "display": title}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Divergence]) -> QuerySet[Divergence]:
        if self.value() == "all":
            return queryset
        return queryset.filter(resolved_at__isnull=self.value() != "settled")


@admin.register(Divergence)
class DivergenceAdmin(OperatedRecordAdmin):
    operations = (RECONCILE,)
    change_list_template = "admin/jira_bridge/divergence/change_list.html"
    list_display = ("ticket", "coloured_kind", "in_jira", "here", "noticed_at")
    list_filter = (OpenFilter, "kind")
    list_select_related = ("request",)
    search_fields = ("=ticket",)
    search_help_text = _("Whole ticket key")
    fields = (
        "ticket", "request_link", "coloured_kind", "in_jira", "here", "noticed_at", "seen_at", "resolved_at",
        "resolution",
    )  # fmt: skip
    readonly_fields = ("request_link", "coloured_kind", "in_jira", "here")
    coloured_kind = coloured(DivergenceKind, field="kind", title=_("kind"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Divergence]:
        return sides.with_meaning(super().get_queryset(request))

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Open ones with their button, settled ones with how it went."""
        columns = list(super().get_list_display(request))
        if OpenFilter.parameter_name in request.GET:
            return [*columns, "resolution"]
        if request.user.has_perm(PERMISSION):
            columns.insert(-1, "button")
        return columns

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {"sweep": Sweep.objects.first(), **(extra_context or {})}
        return super().changelist_view(request, context)

    def after_operation(self, row: Divergence) -> str:
        return reverse("admin:jira_bridge_divergence_changelist")

    @admin.display(description=_("Jira says"))
    def in_jira(self, row: Divergence) -> SafeString:
        return _lines(sides.in_jira(row))

    @admin.display(description=_("The portal says"))
    def here(self, row: Divergence) -> SafeString:
        return _lines(sides.here(row))

    @admin.display(description=_("request"))
    def request_link(self, row: Divergence) -> str:
        return link_to(row.request)

    @admin.display(description=_("Reconcile"))
    def button(self, row: Divergence) -> SafeString | str:
        """One click, a POST with the list's own token; what ends a request asks first."""
        if row.resolved_at:
            return ""
        address = reverse("admin:jira_bridge_divergence_operation", args=[row.pk, RECONCILE.name])
        if row.kind == DivergenceKind.GONE:
            return format_html('<a class="av-button" href="{}">{} …</a>', address, BUTTONS[row.kind])
        return format_html(
            '<button type="submit" class="av-button" formmethod="post" formaction="{}">{}</button>',
            address, BUTTONS[row.kind],
        )  # fmt: skip


def _lines(texts: list[str]) -> SafeString:
    return format_html_join("", '<div class="av-side">{}</div>', ((text,) for text in texts if text))
