"""Attempts and AWS calls across all runs: by request id, by error code."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from audit.admin.filters import RecentValuesFilter
from audit.admin.record import RecordAdmin, link_to
from vending.models import AwsCallRecord, StepAttempt
from vending.searching import attempts_found, calls_found
from vending.sentences import in_language


@admin.register(StepAttempt)
class StepAttemptAdmin(RecordAdmin):
    list_display = ("started_at", "step", "ticket", "number", "outcome", "worker", "finished_at")
    list_filter = ("outcome", "started_at")
    list_select_related = ("step_run__run__request",)
    ordering = ("-id",)
    search = staticmethod(attempts_found)
    search_fields = ("step_run__run__request__ticket", "step_run__title", "problem")
    fields = (
        "step_link", "number", "outcome", "seen", "did", "problem", "problem_detail", "worker", "started_at",
        "finished_at",
    )  # fmt: skip
    readonly_fields = ("step_link",)

    @admin.display(description=_("step"))
    def step(self, attempt: StepAttempt) -> str:
        return in_language(attempt.step_run.title)

    @admin.display(description=_("ticket"))
    def ticket(self, attempt: StepAttempt) -> str:
        return attempt.step_run.run.request.ticket

    @admin.display(description=_("step"))
    def step_link(self, attempt: StepAttempt) -> str:
        return link_to(attempt.step_run)


@admin.register(AwsCallRecord)
class AwsCallRecordAdmin(RecordAdmin):
    list_display = (
        "at", "service", "operation", "account_id", "region", "http_status", "error_code", "mutating",
        "duration_ms", "request_id",
    )  # fmt: skip
    list_display_links = ("at",)
    list_filter = ("mutating", ("service", RecentValuesFilter), "at")
    search = staticmethod(calls_found)
    search_fields = ("=request_id", "=account_id", "operation", "error_code")
    search_help_text = _("Whole AWS request id, account id, operation or error code")
    fields = (
        "attempt_link", "service", "operation", "account_id", "region", "request_id", "http_status",
        "error_code", "mutating", "duration_ms", "at",
    )  # fmt: skip
    readonly_fields = ("attempt_link",)

    @admin.display(description=_("attempt"))
    def attempt_link(self, call: AwsCallRecord) -> str:
        return link_to(call.attempt)
