"""Findings, read by all who may and edited by nobody."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from audit.admin.columns import coloured
from audit.admin.record import RecordAdmin, link_to
from compliance.choices import FindingStatus
from compliance.models import Finding


@admin.register(Finding)
class FindingAdmin(RecordAdmin):
    list_display = ("control", "coloured_status", "account_link", "evidence", "since")
    list_filter = ("status", "control", "account__environment")
    list_select_related = ("account",)
    search_fields = ("=account__account_id", "account__name", "control", "evidence")
    search_help_text = _("Account id or name, control, or words of the evidence")
    fields = ("control", "coloured_status", "account_link", "evidence", "since", "checked_at")
    readonly_fields = ("coloured_status", "account_link")
    coloured_status = coloured(FindingStatus)

    @admin.display(description=_("account"), ordering="account")
    def account_link(self, finding: Finding) -> str:
        return link_to(finding.account)
