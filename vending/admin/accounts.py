"""The account page: what an auditor asks about an account."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from audit.admin.columns import coloured
from audit.admin.record import RecordAdmin
from vending import pages
from vending.choices import AccountState
from vending.models import Account


@admin.register(Account)
class AccountAdmin(RecordAdmin):
    list_display = (
        "name", "account_id", "coloured_state", "email", "organizational_unit", "environment", "cost_center",
        "owner", "ready_at",
    )  # fmt: skip
    list_filter = ("state", "origin", "environment", "created_at")
    search_fields = ("account_id", "name", "email", "cost_center", "owner", "request__ticket")
    search_help_text = _("Account id (with or without dashes), name, e-mail, cost center, owner or ticket")
    fields = ()
    coloured_state = coloured(AccountState, field="state", title=_("state"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        sheet = pages.account_sheet(object_id) if self.has_view_permission(request) else None
        return super().change_view(request, object_id, form_url, {"sheet": sheet, **(extra_context or {})})
