"""Deliveries: what was sent outside, what waits, what failed, and Resend."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from audit.admin.columns import coloured
from audit.admin.filters import RecentValuesFilter
from audit.admin.operations import Operation
from audit.admin.record import OperatedRecordAdmin, link_to
from audit.choices import DeliveryStatus
from audit.models import Delivery
from audit.resending import RESENDABLE, NotAllowed, resend_delivery
from audit.searching import deliveries_found
from audit.services import Actor


def _resend(delivery: Delivery, actor: Actor, _reason: str) -> None:
    resend_delivery(delivery=delivery, actor=actor)


RESEND = Operation(
    name="resend",
    label=_("Resend"),
    question=_("Send this message again. A receiver that already has it is asked first where that is possible."),
    done=_("The message is on its way again."),
    permission="audit.change_delivery",
    offered=lambda delivery: delivery.status in RESENDABLE,
    perform=_resend,
    refusal=NotAllowed,
    facts=lambda delivery: [(_("To"), delivery.subscriber), (_("Problem"), delivery.problem)],
)


@admin.register(Delivery)
class DeliveryAdmin(OperatedRecordAdmin):
    operations = (RESEND,)
    bulk = ("resend",)
    export_fields = (
        "id", "event__action", "event__ticket", "subscriber", "status", "attempt", "due_at", "finished_at",
        "receipt", "problem",
    )  # fmt: skip
    list_display = ("what", "coloured_status", "subscriber", "ticket", "attempt", "due_at", "finished_at")
    list_display_links = ("what",)
    list_filter = ("status", ("subscriber", RecentValuesFilter))
    list_select_related = ("event",)
    search = staticmethod(deliveries_found)
    search_fields = ("=stream", "event__ticket", "event__account_id", "receipt", "problem")
    search_help_text = _("Ticket, account id, receipt or words of the problem")
    fields = (
        "event_link", "subscriber", "coloured_status", "problem", "attempt", "due_at", "finished_at",
        "receipt", "stream", "lease_until",
    )  # fmt: skip
    readonly_fields = ("event_link", "coloured_status")
    coloured_status = coloured(DeliveryStatus)

    @admin.display(description=_("event"), ordering="event__action")
    def what(self, delivery: Delivery) -> str:
        return delivery.event.action

    @admin.display(description=_("ticket"))
    def ticket(self, delivery: Delivery) -> str:
        return delivery.event.ticket or "-"

    @admin.display(description=_("event"))
    def event_link(self, delivery: Delivery) -> str:
        return link_to(delivery.event)
