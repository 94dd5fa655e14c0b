"""Gates, stack sets and their waves: what runs wait for together."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from audit.admin.record import RecordAdmin, RecordInline, link_to
from vending.models import GatePlace, StackSet, StackSetPlace, Wave


@admin.register(GatePlace)
class GatePlaceAdmin(RecordAdmin):
    list_display = ("gate", "slot", "step", "ticket", "turn", "entered_at")
    list_filter = ("gate",)
    list_select_related = ("step_run__run__request",)
    search_fields = ("gate", "step_run__run__request__ticket")
    fields = ("gate", "slot", "step", "turn", "entered_at")
    readonly_fields = ("step",)

    @admin.display(description=_("step"))
    def step(self, place: GatePlace) -> str:
        return link_to(place.step_run)

    @admin.display(description=_("ticket"))
    def ticket(self, place: GatePlace) -> str:
        return place.step_run.run.request.ticket


class PlaceInline(RecordInline, TabularInline):
    model = StackSetPlace
    fields = ("account_id", "step", "status", "reason", "turn")
    readonly_fields = ("step",)
    per_page = 50
    show_change_link = False
    verbose_name_plural = _("accounts")

    def get_queryset(self, request: HttpRequest) -> QuerySet[StackSetPlace]:
        return super().get_queryset(request).select_related("step_run__run__request")

    @admin.display(description=_("run"))
    def step(self, place: StackSetPlace) -> str:
        return link_to(place.step_run.run, place.step_run.run.request.ticket)


class WaveInline(RecordInline, TabularInline):
    model = Wave
    fields = ("operation_id", "regions", "status", "result", "started_at", "finished_at")
    per_page = 20


@admin.register(StackSet)
class StackSetAdmin(RecordAdmin):
    list_display = ("name", "due_at", "problem")
    search_fields = ("name",)
    fields = ("name", "due_at", "problem")
    inlines = (WaveInline,)


@admin.register(Wave)
class WaveAdmin(RecordAdmin):
    list_display = ("stack_set", "action", "status", "accounts", "result", "started_at", "finished_at", "operation_id")
    list_filter = ("status", "stack_set")
    list_select_related = ("stack_set",)
    search_fields = ("=operation_id", "stack_set__name", "places__account_id")
    search_help_text = _("Stack set, account id or whole operation id")
    fields = (
        "stack_set_link", "action", "operation_id", "regions", "status", "sent", "result", "started_at", "finished_at",
    )  # fmt: skip
    readonly_fields = ("stack_set_link",)
    inlines = (PlaceInline,)

    @admin.display(description=_("stack set"))
    def stack_set_link(self, wave: Wave) -> str:
        return link_to(wave.stack_set)
