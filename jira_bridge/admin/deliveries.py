"""What came from Jira: every delivery as it was stored."""

import json
from contextlib import suppress

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from audit.admin.columns import coloured
from audit.admin.operations import Operation
from audit.admin.record import OperatedRecordAdmin, link_to
from audit.services import Actor
from jira_bridge.choices import WebhookStatus
from jira_bridge.models import WebhookDelivery
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
