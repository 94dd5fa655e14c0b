"""How much was refused at the door, by hour and reason."""

from django.contrib import admin

from audit.admin.record import RecordAdmin
from jira_bridge.models import Refusal


@admin.register(Refusal)
class RefusalAdmin(RecordAdmin):
    list_display = ("hour", "reason", "count")
    list_filter = ("reason",)
    search_fields = ("reason",)
    fields = ("hour", "reason", "count")
