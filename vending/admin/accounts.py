"""The account page: what an auditor asks about an account; and the same as a sheet for paper."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit.admin.columns import coloured, two_lines
from audit.admin.operations import OperationsMixin
from audit.admin.record import PageAdmin
from audit.services import Actor
from taskqueue import clock
from vending import pages
from vending.admin.account_operations import ACCOUNT_OPERATIONS
from vending.admin.account_wishes import WishesMixin, may_be_changed
from vending.choices import AccountState
from vending.models import Account
from vending.pages.accounts import EVENTS_PRINTED, chain_head
from vending.searching import accounts_found
from vending.services import issue_evidence

EVIDENCE = ("vending.view_account", "vending.view_approval", "audit.view_event")
"""What a person must be permitted to see who takes it home on one sheet."""


@admin.register(Account)
class AccountAdmin(WishesMixin, OperationsMixin, PageAdmin):
    operations = ACCOUNT_OPERATIONS
    export_fields = (
        "id", "account_id", "name", "email", "state", "origin", "request__ticket", "organizational_unit", "environment",
        "cost_center", "owner", "created_at", "ready_at",
    )  # fmt: skip
    list_display = ("named", "account_id", "coloured_state", "placed", "paid", "ready_at")
    list_display_links = ("named", "account_id")
    list_filter = ("state", "origin", "environment", "created_at")
    search = staticmethod(accounts_found)
    search_fields = ("account_id", "name", "email", "cost_center", "owner", "request__ticket")
    search_help_text = _("Account id (with or without dashes), name, e-mail, cost center, owner or ticket")
    fields = ()
    coloured_state = coloured(AccountState, field="state", title=_("state"))

    @admin.display(description=_("name"), ordering="name")
    def named(self, account: Account) -> SafeString:
        return two_lines(account.name, account.email)

    @admin.display(description=_("organizational unit"), ordering="organizational_unit")
    def placed(self, account: Account) -> SafeString:
        return two_lines(account.organizational_unit, account.environment)

    @admin.display(description=_("cost center"), ordering="cost_center")
    def paid(self, account: Account) -> SafeString:
        return two_lines(account.cost_center, account.owner)

    def get_urls(self) -> list[URLPattern]:
        evidence = self.admin_site.admin_view(self.evidence_view)
        return [path("<int:account>/evidence/", evidence, name="vending_account_evidence"), *super().get_urls()]

    def page_of(self, request: HttpRequest, object_id: str) -> dict[str, Any] | None:
        sheet = pages.account_sheet(object_id)
        if sheet is None:
            return None
        buttons, closing = self.buttons(request, sheet.account), sheet.account.open_closing
        return {
            "original": sheet.account,
            "sheet": sheet,
            "buttons": buttons,
            "closing": closing,
            "may_be_changed": may_be_changed(request, sheet.account),
        }

    def evidence_view(self, request: HttpRequest, account: int) -> HttpResponse:
        """The evidence sheet. GET shows it; POST issues it: who took it and when becomes an event, its number."""
        if not request.user.has_perms(EVIDENCE):
            raise PermissionDenied
        row = Account.objects.select_related("request").filter(pk=account).first()
        if row is None:
            raise Http404
        issued = None
        if request.method == "POST":
            issued = issue_evidence(account=row, actor=Actor.person(request.user.get_username()))
        context = {
            "sheet": pages.account_sheet(str(account), events=EVENTS_PRINTED),
            "issued": issued,
            "head": chain_head(),
            "now": clock.now(),
            "most": EVENTS_PRINTED,
        }
        return TemplateResponse(request, "portal/evidence.html", context)
