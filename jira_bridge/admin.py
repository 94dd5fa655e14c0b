"""What came from Jira, what was refused, and the mapping that a GAS engineer edits."""

import json
from contextlib import suppress
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from audit.admin.columns import coloured
from audit.admin.operations import Operation
from audit.admin.record import OperatedRecordAdmin, RecordAdmin, link_to
from audit.services import Actor, record_event
from jira_bridge.choices import WebhookStatus
from jira_bridge.models import AcceptedType, FieldMapping, Refusal, StatusMapping, Ticket, WebhookDelivery
from jira_bridge.services import REPEATABLE, process_again
from vending.services import NotAllowed

BODY_SHOWN = 100_000
"""Characters of a body that its page shows; the row keeps all of it."""


def _process_again(delivery: WebhookDelivery, actor: Actor, _reason: str) -> None:
    process_again(delivery=delivery, actor=actor)


PROCESS_AGAIN = Operation(
    name="again",
    label=_("Process again"),
    question=_("Work on this delivery once more, for instance after its field or type was mapped."),
    done=_("The delivery is processed again."),
    permission="jira_bridge.change_webhookdelivery",
    offered=lambda delivery: delivery.status in REPEATABLE,
    perform=_process_again,
    refusal=NotAllowed,
)


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(OperatedRecordAdmin):
    operations = (PROCESS_AGAIN,)
    list_display = ("received_at", "coloured_status", "ticket", "event", "source", "repeats", "reason")
    list_display_links = ("received_at",)
    list_filter = ("status", "source", "received_at")
    search_fields = ("=ticket", "=identifier", "=public_id", "reason")
    search_help_text = _("Whole ticket key, identifier or delivery id, or words of the reason")
    fields = (
        "public_id", "coloured_status", "reason", "ticket", "request_link", "event", "source", "received_at",
        "processed_at", "repeats", "attempt", "identifier", "content_key", "headers", "readable_body",
    )  # fmt: skip
    readonly_fields = ("coloured_status", "request_link", "readable_body")
    coloured_status = coloured(WebhookStatus)

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookDelivery]:
        rows = super().get_queryset(request).select_related("request")
        # a body may be 25 MB: lists leave it in the database
        return rows.defer("body")

    @admin.display(description=_("request"))
    def request_link(self, delivery: WebhookDelivery) -> str:
        return link_to(delivery.request)

    @admin.display(description=_("body"))
    def readable_body(self, delivery: WebhookDelivery) -> str:
        text = bytes(delivery.body).decode("utf-8", errors="replace")
        with suppress(ValueError, RecursionError):  # shown as it came
            text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
        if len(text) > BODY_SHOWN:
            text = f"{text[:BODY_SHOWN]}\n… {len(text) - BODY_SHOWN} characters more"
        return format_html('<pre class="av-pre">{}</pre>', text)


@admin.register(Refusal)
class RefusalAdmin(RecordAdmin):
    list_display = ("hour", "reason", "count")
    list_filter = ("reason",)
    search_fields = ("reason",)
    fields = ("hour", "reason", "count")


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


class SettingAdmin(ModelAdmin):
    """What people set: editable, and every change is an event with the values before and after."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = _values(type(obj).objects.get(pk=obj.pk)) if change else None
        super().save_model(request, obj, form, change)
        self._record(request, obj, "changed" if change else "added", before, _values(obj))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        before, pk = _values(obj), obj.pk
        super().delete_model(request, obj)
        obj.pk = pk
        self._record(request, obj, "removed", before, None)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            self.delete_model(request, row)

    def _record(self, request: HttpRequest, obj: Any, verb: str, before: Any, after: Any) -> None:
        name = str(self.opts.verbose_name)
        record_event(
            actor=Actor.person(request.user.get_username()),
            action=f"{self.opts.model_name}.{verb}",
            summary=f"{name.capitalize()} “{obj}” was {verb}.",
            target_kind=str(self.opts.model_name),
            target_id=obj.pk,
            before=before,
            after=after,
        )


def _values(row: Any) -> dict[str, Any]:
    fields = (field for field in row._meta.concrete_fields if not field.primary_key)
    return {field.name: getattr(row, field.attname) for field in fields}


@admin.register(FieldMapping)
class FieldMappingAdmin(SettingAdmin):
    list_display = ("field", "jira_id", "note")
    search_fields = ("field", "jira_id", "note")


@admin.register(StatusMapping)
class StatusMappingAdmin(SettingAdmin):
    list_display = ("jira_status", "meaning")
    list_filter = ("meaning",)
    search_fields = ("jira_status",)


@admin.register(AcceptedType)
class AcceptedTypeAdmin(SettingAdmin):
    list_display = ("name",)
    search_fields = ("name",)
