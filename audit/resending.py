"""A person asks for a delivery to be sent again."""

from django.db import transaction
from django.utils.translation import gettext as _

from audit import deliveries
from audit.choices import DeliveryStatus
from audit.models import Delivery
from audit.services import Actor, record_event

RESENDABLE = (DeliveryStatus.FAILED, DeliveryStatus.SKIPPED)


class NotAllowed(Exception):
    """The delivery is not in a state to be sent again; the text says why, for a person."""


@transaction.atomic
def resend_delivery(*, delivery: Delivery, actor: Actor) -> None:
    """Send a failed or skipped delivery again and record who asked for it.

    Raises NotAllowed when it is on its way already or has arrived.
    """
    current = Delivery.objects.select_for_update(of=("self",)).select_related("event").get(pk=delivery.pk)
    if current.status not in RESENDABLE:
        state = current.get_status_display().lower()
        raise NotAllowed(
            _("This delivery is {state}; only a failed or skipped one can be sent again.").format(state=state)
        )
    deliveries.resend(delivery=current)
    record_event(
        actor=actor,
        action="delivery.resent",
        summary=f"{actor.name} asked to send “{current.event.action}” to {current.subscriber} again.",
        target_kind="delivery",
        target_id=current.pk,
        ticket=current.event.ticket,
        run_id=current.event.run_id,
        account_id=current.event.account_id,
        before={"status": current.status},
        after={"status": DeliveryStatus.PENDING.value},
    )
