"""Value, label and colour of every choice of this app."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.TextChoices):
    """How a delivery proved that it comes from Jira; what the sweep reads there comes from Jira itself."""

    AUTOMATION = "automation", _("Automation (key)")
    NATIVE = "native", _("Webhook (signature)")
    SWEEP = "sweep", _("Sweep (read in Jira)")


class WebhookStatus(models.TextChoices):
    RECEIVED = "received", _("Received")
    PROCESSING = "processing", _("Being processed")
    PROCESSED = "processed", _("Processed")
    IGNORED = "ignored", _("Ignored")
    FAILED = "failed", _("Failed")

    @property
    def colour(self) -> str:
        return _COLOURS[self]


_COLOURS = {
    WebhookStatus.RECEIVED: "info",
    WebhookStatus.PROCESSING: "info",
    WebhookStatus.PROCESSED: "success",
    WebhookStatus.IGNORED: "default",
    WebhookStatus.FAILED: "danger",
}


class Meaning(models.TextChoices):
    """What a status of the ticket means to the portal."""

    AWAITING_APPROVAL = "awaiting_approval", _("Awaiting approval")
    TO_CORRECT = "to_correct", _("To correct")
    APPROVED = "approved", _("Approved")
    ON_HOLD = "on_hold", _("On hold")
    VALIDATION = "validation", _("In validation")
    DONE = "done", _("Done")
    DECLINED = "declined", _("Declined")
    CANCELLED = "cancelled", _("Cancelled")


class DivergenceKind(models.TextChoices):
    """In what a ticket and the portal disagree."""

    UNREAD = "unread", _("Not taken in")
    STATUS = "status", _("Status")
    CONTENT = "content", _("Content")
    GONE = "gone", _("Not found")

    @property
    def colour(self) -> str:
        return "danger" if self in (DivergenceKind.UNREAD, DivergenceKind.GONE) else "warning"


class RequestField(models.TextChoices):
    """The fields of a request that a Jira field can be mapped to."""

    ACCOUNT_NAME = "account_name", _("Account name")
    EMAIL = "email", _("Account e-mail")
    ORGANIZATIONAL_UNIT = "organizational_unit", _("Organizational unit")
    ENVIRONMENT = "environment", _("Environment")
    COST_CENTER = "cost_center", _("Cost center")
    OWNER = "owner", _("Owner")
    APPROVERS = "approvers", _("Approvers")
    PURPOSE = "purpose", _("Purpose")
    SECURITY_CONTACT = "security_contact", _("Security contact")
    OPERATIONS_CONTACT = "operations_contact", _("Operations contact")
    BILLING_CONTACT = "billing_contact", _("Billing contact")
    OPTIONAL_STACK_SETS = "optional_stack_sets", _("Optional stack sets")
    MONTHLY_BUDGET = "monthly_budget", _("Monthly budget")
