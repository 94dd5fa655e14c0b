"""What came from Jira: every delivery as it was stored, taken apart field by field, and what to do with it."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from audit.admin.columns import coloured
from audit.admin.operations import Operation
from audit.admin.record import OperatedRecordAdmin
from audit.labels import label
from audit.services import Actor
from jira_bridge.admin.assignment import assignment_view
from jira_bridge.choices import WebhookStatus
from jira_bridge.inspector import inspect
from jira_bridge.jira import JiraError
from jira_bridge.jira_fields import read_jira_fields
from jira_bridge.models import WebhookDelivery
from jira_bridge.services import REPEATABLE, process_again
from vending.services import NotAllowed


def _process_again(delivery: WebhookDelivery, actor: Actor, _reason: str) -> None:
    process_again(delivery=delivery, actor=actor)


def _read_names(_delivery: WebhookDelivery, _actor: Actor, _reason: str) -> None:
    read_jira_fields()


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
READ_NAMES = Operation(
    name="names",
    label=_("Read field names"),
    question=_("Ask Jira what its fields are called and of which kind they are. Nothing else changes."),
    done=_("The names and kinds of Jira's fields were read."),
    permission="jira_bridge.change_fieldmapping",
    offered=lambda _delivery: bool(settings.JIRA_BASE_URL),
    perform=_read_names,
    refusal=JiraError,
)


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(OperatedRecordAdmin):
    change_form_template = "admin/jira_bridge/webhookdelivery/change_form.html"
    operations = (PROCESS_AGAIN, READ_NAMES)
    list_display = ("received_at", "coloured_status", "ticket", "event", "source", "waiting_since", "reason")
    list_display_links = ("received_at",)
    list_filter = ("status", ("waiting_since", admin.EmptyFieldListFilter), "source", "received_at")
    search_fields = ("=ticket", "=identifier", "=public_id", "reason")
    search_help_text = _("Whole ticket key, identifier or delivery id, or words of the reason")
    fields = ("public_id",)
    coloured_status = coloured(WebhookStatus)

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookDelivery]:
        rows = super().get_queryset(request).select_related("request")
        # a body may be 25 MB: lists leave it in the database
        return rows.defer("body")

    def get_urls(self) -> list[URLPattern]:
        def view(request: HttpRequest, object_id: str, jira_id: str) -> HttpResponse:
            return assignment_view(self, request, object_id, jira_id)

        name = "jira_bridge_webhookdelivery_map"
        own = path("<path:object_id>/map/<str:jira_id>/", self.admin_site.admin_view(view), name=name)
        return [own, *super().get_urls()]

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        delivery = self.get_object(request, object_id) if object_id and self.has_view_permission(request) else None
        shown: dict[str, Any] = {}
        if delivery is not None:
            shown = {
                "delivery": delivery,
                "status": label(WebhookStatus(delivery.status)),
                "inspection": inspect(delivery),
                "may_map": request.user.has_perm("jira_bridge.add_fieldmapping"),
            }
        return super().changeform_view(request, object_id, form_url, {**shown, **(extra_context or {})})
