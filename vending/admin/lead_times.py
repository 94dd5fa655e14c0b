"""Lead times: how long each request took from approval to ready, and for whom it waited."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from audit.admin.record import RecordAdmin, link_to
from vending.models import LeadTime
from vending.pages import in_words
from vending.searching import by_request


def _lasting(field: str, title: Any) -> Any:
    @admin.display(description=title, ordering=field)
    def column(_admin: Any, row: LeadTime) -> str:
        return in_words(getattr(row, field))

    return column


@admin.register(LeadTime)
class LeadTimeAdmin(RecordAdmin):
    list_display = (
        "ticket",
        "account_name",
        "lasted",
        "people_s",
        "gates_s",
        "aws_s",
        "own_s",
        "approved_at",
        "ready_at",
    )
    list_filter = ("ready_at",)
    list_select_related = ("request",)
    ordering = ("-ready_at", "-id")
    search = staticmethod(by_request("request"))
    search_fields = ("=request__ticket",)
    search_help_text = _("Ticket, account id, name, e-mail, cost center or owner")
    fields = ("request_link", "approved_at", "ready_at", "lasted", "people_s", "gates_s", "aws_s", "own_s")
    readonly_fields = ("request_link", "lasted", "people_s", "gates_s", "aws_s", "own_s")
    lasted = _lasting("total", _("lead time"))
    people_s = _lasting("people", _("for people"))
    gates_s = _lasting("gates", _("for gates"))
    aws_s = _lasting("aws", _("for AWS"))
    own_s = _lasting("own", _("for us"))

    @admin.display(description=_("ticket"), ordering="request__ticket")
    def ticket(self, row: LeadTime) -> str:
        return row.request.ticket

    @admin.display(description=_("account name"))
    def account_name(self, row: LeadTime) -> str:
        return row.request.account_name

    @admin.display(description=_("request"))
    def request_link(self, row: LeadTime) -> str:
        return link_to(row.request)
