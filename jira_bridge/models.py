"""Deliveries as they came, refusals counted, and what Jira's fields and statuses mean here."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jira_bridge.choices import Meaning, RequestField, Source, WebhookStatus
from vending.models import AccountRequest


class WebhookDelivery(models.Model):
    """One delivery of Jira: the exact bytes, what came of it, and how often it was repeated."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.CharField(max_length=10, choices=Source.choices)
    body = models.BinaryField()
    headers = models.JSONField(default=dict, help_text=_("Without secrets."))
    identifier = models.CharField(max_length=200, blank=True, help_text=_("Jira's own, the same over its retries."))
    content_key = models.CharField(max_length=80, unique=True, help_text=_("SHA-256 of the body."))
    received_at = models.DateTimeField(db_index=True)
    status = models.CharField(max_length=10, choices=WebhookStatus.choices, default=WebhookStatus.RECEIVED)
    reason = models.TextField(blank=True)
    repeats = models.PositiveIntegerField(default=0, help_text=_("How often the same came again."))
    event = models.CharField(max_length=60, blank=True)
    ticket = models.CharField(max_length=60, blank=True, db_index=True)
    request = models.ForeignKey(
        AccountRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="webhook_deliveries"
    )
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "webhook deliveries"
        triggers = [
            pgtrigger.ReadOnly(
                name="as_it_came",
                fields=["public_id", "source", "body", "headers", "identifier", "content_key", "received_at"],
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["identifier"], condition=~Q(identifier=""), name="one_delivery_per_identifier"
            ),
            models.CheckConstraint(condition=Q(status__in=WebhookStatus.values), name="webhook_status_known"),
        ]
        indexes = [
            models.Index(
                fields=["received_at"],
                name="webhook_open",
                condition=Q(status__in=["received", "processing"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket or self.get_source_display()} {self.received_at:%Y-%m-%d %H:%M:%S}"


class Refusal(models.Model):
    """How many deliveries were refused in one hour, by reason. Nothing else of them is kept."""

    hour = models.DateTimeField()
    reason = models.CharField(max_length=60)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["-hour", "reason"]
        constraints = [models.UniqueConstraint(fields=["hour", "reason"], name="one_count_per_hour")]

    def __str__(self) -> str:
        return f"{self.reason}: {self.count}"


class FieldMapping(models.Model):
    """Which field of Jira holds which of ours."""

    field = models.CharField(_("our field"), max_length=40, choices=RequestField.choices, unique=True)
    jira_id = models.CharField(
        _("Jira field"), max_length=60, help_text=_("customfield_NNNNN, or a system field such as summary.")
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_field_display()}: {self.jira_id}"


class StatusMapping(models.Model):
    """What a status of the ticket means. Of several with one meaning, the first is the one we move to."""

    meaning = models.CharField(_("meaning"), max_length=20, choices=Meaning.choices)
    jira_status = models.CharField(_("Jira status"), max_length=60, unique=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.jira_status}: {self.get_meaning_display()}"


class AcceptedType(models.Model):
    """An issue type or request type whose tickets ask for accounts."""

    name = models.CharField(_("name"), max_length=100, unique=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Ticket(models.Model):
    """What is known of a ticket in Jira: its newest state seen here."""

    key = models.CharField(_("key"), max_length=60, unique=True)
    issue_id = models.CharField(_("issue id"), max_length=30, blank=True)
    status = models.CharField(_("status"), max_length=60, blank=True)
    updated_at = models.DateTimeField(_("updated in Jira"), null=True, blank=True)
    request = models.OneToOneField(
        AccountRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="jira_ticket"
    )

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.key
