"""Deliveries as they came, refusals counted, and what Jira's fields and statuses mean here."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from jira_bridge.choices import DivergenceKind, Meaning, RequestField, Source, WebhookStatus
from vending.choices import RequestStatus
from vending.models import AccountRequest

SETTLED = (WebhookStatus.PROCESSED, WebhookStatus.IGNORED, WebhookStatus.FAILED)
"""Deliveries of these states are worked on no more, unless a person asks for it while the body is there."""


class WebhookDelivery(models.Model):
    """One delivery of Jira: the exact bytes, what came of it, and how often it was repeated."""

    public_id = models.UUIDField(_("id"), default=uuid.uuid4, unique=True, editable=False)
    source = models.CharField(_("source"), max_length=10, choices=Source.choices)
    body = models.BinaryField()
    headers = models.JSONField(_("headers"), default=dict, help_text=_("Without secrets."))
    identifier = models.CharField(
        _("identifier"), max_length=200, blank=True, help_text=_("Jira's own, the same over its retries.")
    )
    content_key = models.CharField(max_length=80, unique=True, help_text=_("SHA-256 of the body."))
    received_at = models.DateTimeField(_("received"), db_index=True)
    status = models.CharField(_("status"), max_length=10, choices=WebhookStatus.choices, default=WebhookStatus.RECEIVED)
    reason = models.TextField(_("reason"), blank=True)
    repeats = models.PositiveIntegerField(_("repeats"), default=0, help_text=_("How often the same came again."))
    event = models.CharField(_("event"), max_length=60, blank=True)
    ticket = models.CharField(_("ticket"), max_length=60, blank=True, db_index=True)
    request = models.ForeignKey(
        AccountRequest,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="webhook_deliveries",
        verbose_name=_("request"),
    )
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    waiting_since = models.DateTimeField(
        _("waits for Jira since"), null=True, blank=True, help_text=_("When Jira was first asked and did not answer.")
    )
    processed_at = models.DateTimeField(_("processed"), null=True, blank=True)
    body_removed_at = models.DateTimeField(
        _("body removed"),
        null=True,
        blank=True,
        help_text=_("When the body was removed for its age; its hash and headers stay."),
    )

    class Meta:
        verbose_name = _("webhook received")
        ordering = ["-id"]
        verbose_name_plural = _("webhooks received")
        triggers = [
            pgtrigger.ReadOnly(
                name="as_it_came",
                fields=["public_id", "source", "headers", "identifier", "content_key", "received_at"],
            ),
            pgtrigger.Protect(
                name="body_as_it_came",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__body__df=pgtrigger.F("new__body"))
                & ~pgtrigger.Q(new__body=b"", new__body_removed_at__isnull=False, old__status__in=SETTLED),
            ),
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
            ),
            models.Index(
                fields=["processed_at"],
                name="webhook_with_body",
                condition=Q(body_removed_at=None, status__in=SETTLED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket or self.get_source_display()} {self.received_at:%Y-%m-%d %H:%M:%S}"


class Refusal(models.Model):
    """How many deliveries were refused in one hour, by reason. Nothing else of them is kept."""

    hour = models.DateTimeField(_("hour"))
    reason = models.CharField(_("reason"), max_length=60)
    count = models.PositiveBigIntegerField(_("count"), default=0)

    class Meta:
        verbose_name = _("refusal")
        verbose_name_plural = _("refusals")
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
        verbose_name = _("field mapping")
        verbose_name_plural = _("field mappings")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_field_display()}: {self.jira_id}"


class JiraField(models.Model):
    """A field of the Jira site as it was read last: what people call it there, and its schema."""

    jira_id = models.CharField(_("Jira field"), max_length=100, unique=True)
    name = models.CharField(_("name in Jira"), max_length=255)
    schema = models.JSONField(_("schema"), default=dict, blank=True)
    read_at = models.DateTimeField(_("read"))

    class Meta:
        ordering = ["name", "jira_id"]
        verbose_name = _("Jira field")

    def __str__(self) -> str:
        return f"{self.name} ({self.jira_id})"


class StatusMapping(models.Model):
    """What a status of the ticket means. Of several with one meaning, the first is the one we move to."""

    meaning = models.CharField(_("meaning"), max_length=20, choices=Meaning.choices)
    jira_status = models.CharField(_("Jira status"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("status mapping")
        verbose_name_plural = _("status mappings")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.jira_status}: {self.get_meaning_display()}"


class AcceptedType(models.Model):
    """An issue type or request type whose tickets ask for accounts."""

    name = models.CharField(_("name"), max_length=100, unique=True)

    class Meta:
        verbose_name = _("accepted type")
        verbose_name_plural = _("accepted types")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Ticket(models.Model):
    """What is known of a ticket in Jira: its newest state seen here."""

    key = models.CharField(_("key"), max_length=60, unique=True)
    issue_id = models.CharField(_("issue id"), max_length=30, blank=True)
    status = models.CharField(_("status"), max_length=60, blank=True)
    updated_at = models.DateTimeField(_("updated in Jira"), null=True, blank=True)
    compared_at = models.DateTimeField(_("compared with Jira"), null=True, blank=True, db_index=True)
    request = models.OneToOneField(
        AccountRequest,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="jira_ticket",
        verbose_name=_("request"),
    )

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.key


class Divergence(models.Model):
    """A ticket and the portal disagree. One open row for each ticket and kind; what is settled stays as a record."""

    ticket = models.CharField(_("ticket"), max_length=60, db_index=True)
    request = models.ForeignKey(
        AccountRequest,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="divergences",
        verbose_name=_("request"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=DivergenceKind.choices)
    jira_status = models.CharField(_("status in Jira"), max_length=60, blank=True)
    portal_status = models.CharField(_("status here"), max_length=20, blank=True, choices=RequestStatus.choices)
    detail = models.JSONField(_("detail"), default=dict, blank=True)
    noticed_at = models.DateTimeField(_("noticed"))
    seen_at = models.DateTimeField(_("last seen"))
    resolved_at = models.DateTimeField(_("settled"), null=True, blank=True)
    resolution = models.CharField(_("how"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("divergence")
        verbose_name_plural = _("divergences")
        ordering = ["-noticed_at", "-id"]
        permissions = [("reconcile_divergence", gettext_noop("Can reconcile a ticket with the portal"))]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "kind"], condition=Q(resolved_at=None), name="one_open_divergence_per_kind"
            ),
            models.CheckConstraint(condition=Q(kind__in=DivergenceKind.values), name="divergence_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket}: {self.get_kind_display()}"


class Sweep(models.Model):
    """The search in Jira for what no webhook told: one row, its last round and how far it has come."""

    started_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    complete_until = models.DateTimeField(help_text=_("Tickets that were updated earlier have been looked at."))
    looked_at = models.PositiveIntegerField(default=0, help_text=_("Tickets of the last round."))
    found = models.PositiveIntegerField(default=0, help_text=_("Tickets of the last round whose webhook was lost."))
    problem = models.TextField(blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_sweep")]

    def __str__(self) -> str:
        return f"Sweep of {self.started_at:%Y-%m-%d %H:%M}" if self.started_at else "Sweep"
