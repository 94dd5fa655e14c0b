"""The step page: every attempt of a step with the AWS calls it made."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit.admin.columns import coloured, two_lines
from audit.admin.filters import RecentValuesFilter
from audit.admin.record import OperatedPageAdmin
from vending import pages
from vending.admin.run_operations import STEP_OPERATIONS
from vending.choices import StepStatus
from vending.models import StepRun
from vending.searching import steps_found
from vending.sentences import in_language


@admin.register(StepRun)
class StepRunAdmin(OperatedPageAdmin):
    operations = STEP_OPERATIONS
    bulk = ("retry",)
    export_fields = (
        "id", "run", "run__request__ticket", "run__request__account_name", "step", "title", "status", "attempt",
        "evidence", "waiting_for", "problem", "problem_code", "due_at", "started_at", "finished_at",
    )  # fmt: skip
    list_display = ("said_title", "coloured_status", "for_request", "attempt", "due_at", "finished_at")
    list_filter = ("status", ("step", RecentValuesFilter))
    list_select_related = ("run__request",)
    ordering = ("-id",)
    search = staticmethod(steps_found)
    search_fields = (
        "run__request__ticket",
        "run__request__account_name",
        "run__account__account_id",
        "title",
    )
    search_help_text = _("Ticket, account id, account name or step")
    fields = ()
    coloured_status = coloured(StepStatus)

    @admin.display(description=_("request"))
    def for_request(self, step: StepRun) -> SafeString:
        return two_lines(step.run.request.ticket, step.run.request.account_name)

    @admin.display(description=_("step"), ordering="title")
    def said_title(self, step: StepRun) -> str:
        return in_language(step.title)

    def after_operation(self, row: StepRun) -> str:
        return reverse("admin:vending_run_change", args=[row.run_id])

    def page_of(self, request: HttpRequest, object_id: str) -> dict[str, Any] | None:
        sheet = pages.step_sheet(object_id)
        if sheet is None:
            return None
        return {"original": sheet.step, "sheet": sheet, "buttons": self.buttons(request, sheet.step)}
