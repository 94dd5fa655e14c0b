"""The request page: the story of a ticket on one screen."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit.admin.columns import coloured, two_lines
from audit.admin.record import OperatedPageAdmin, RecordAdmin, link_to
from vending import pages
from vending.admin.request_check import CHECK_AGAIN
from vending.admin.request_edit import ACCEPT_EDIT, CHANGE_BY_EDIT, LEAVE_AS_IT_IS, SEND_BACK
from vending.admin.request_retry import RETRY
from vending.choices import RequestStatus
from vending.models import AccountRequest, Approval
from vending.searching import requests_found


@admin.register(AccountRequest)
class AccountRequestAdmin(OperatedPageAdmin):
    operations = (ACCEPT_EDIT, SEND_BACK, CHANGE_BY_EDIT, LEAVE_AS_IT_IS, RETRY, CHECK_AGAIN)
    bulk = ("retry",)
    export_fields = (
        "id", "ticket", "status", "requester", "account_name", "email", "organizational_unit", "environment",
        "cost_center", "owner", "approvers", "purpose", "optional_stack_sets", "monthly_budget", "content_hash",
        "received_at", "changed_at", "approved_at", "account__account_id",
    )  # fmt: skip
    list_display = ("ticket", "coloured_status", "account_wanted", "cost_center", "environment", "received_at")
    list_filter = ("status", "received_at")
    list_select_related = ()
    search = staticmethod(requests_found)
    search_fields = (
        "ticket", "account_name", "email", "cost_center", "owner", "requester", "account__account_id",
    )  # fmt: skip
    search_help_text = _("Ticket, account id, name, e-mail, cost center, owner or requester")
    fields = ()
    coloured_status = coloured(RequestStatus)

    @admin.display(description=_("account"), ordering="account_name")
    def account_wanted(self, request: AccountRequest) -> SafeString:
        return two_lines(request.account_name, request.email)

    def page_of(self, request: HttpRequest, object_id: str) -> dict[str, Any] | None:
        story = pages.request_story(object_id)
        if story is None:
            return None
        return {"original": story.request, "story": story, "buttons": self.buttons(request, story.request)}


@admin.register(Approval)
class ApprovalAdmin(RecordAdmin):
    list_display = ("decided_at", "decision", "ticket", "decided_by", "source", "content_hash")
    list_display_links = ("decided_at", "decision")
    list_filter = ("decision", "decided_at")
    list_select_related = ("request",)
    search_fields = ("request__ticket", "decided_by", "=content_hash")
    search_help_text = _("Ticket, person or whole hash")
    fields = ("request_link", "decision", "decided_by", "decided_at", "source", "content_hash", "content")
    readonly_fields = ("request_link",)

    @admin.display(description=_("ticket"), ordering="request__ticket")
    def ticket(self, approval: Approval) -> str:
        return approval.request.ticket

    @admin.display(description=_("request"))
    def request_link(self, approval: Approval) -> str:
        return link_to(approval.request)
