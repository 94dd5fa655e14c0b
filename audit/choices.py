"""Value, label and colour of every choice of this app."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ActorKind(models.TextChoices):
    PERSON = "person", _("Person")
    JIRA = "jira", _("Jira user")
    SYSTEM = "system", _("The portal")


class DeliveryStatus(models.TextChoices):
    PENDING = "pending", _("Pending")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("Skipped")

    @property
    def colour(self) -> str:
        return DELIVERY_COLOURS[self]


DELIVERY_COLOURS = {
    DeliveryStatus.PENDING: "info",
    DeliveryStatus.SENDING: "info",
    DeliveryStatus.SENT: "success",
    DeliveryStatus.FAILED: "danger",
    DeliveryStatus.SKIPPED: "default",
}


class ExportFormat(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"


class ExportStatus(models.TextChoices):
    WRITING = "writing", _("Being written")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")

    @property
    def colour(self) -> str:
        return {"writing": "info", "ready": "success", "failed": "danger"}[self]
