"""The tickets that the portal knows, each with its request."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from audit.admin.record import RecordAdmin, link_to
from jira_bridge.models import Ticket


@admin.register(Ticket)
class TicketAdmin(RecordAdmin):
    list_display = ("key", "status", "updated_at", "request")
    list_select_related = ("request",)
    search_fields = ("key", "=issue_id")
    fields = ("key", "issue_id", "status", "updated_at", "request_link")
    readonly_fields = ("request_link",)

    @admin.display(description=_("request"))
    def request_link(self, ticket: Ticket) -> str:
        return link_to(ticket.request)
