"""Events, seals, deliveries. Events and seals are append-only: the database refuses anything else."""

from typing import Any, ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, HashIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.choices import ActorKind, DeliveryStatus
from audit.lists.models import Export, ExportPart, SavedFilter

__all__ = ["Delivery", "Event", "Export", "ExportPart", "SavedFilter", "Seal"]


class TransactionId(models.Field):
    """PostgreSQL's 64-bit transaction number (xid8), filled in by the database."""

    def db_type(self, connection: Any) -> str:
        return "xid8"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> int | None:
        return None if value is None else int(value)


APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class Epoch(models.Model):
    """A life of the database cluster, whose transactions are counted by themselves. Events take the newest."""

    number = models.PositiveSmallIntegerField(primary_key=True)
    raised_at = models.DateTimeField()
    raised_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["-number"]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return gettext("Epoch {number}").format(number=self.number)


class Event(models.Model):
    """One line of the audit stream, written in the transaction of what it tells."""

    at = models.DateTimeField(_("when"), db_index=True)
    actor_kind = models.CharField(_("actor kind"), max_length=10, choices=ActorKind.choices)
    actor = models.CharField(_("actor"), max_length=200, help_text=_("User name, Jira account or the portal's part."))
    action = models.CharField(_("action"), max_length=60, help_text=_("What happened, as noun.verb: run.started."))
    summary = models.TextField(_("summary"), help_text=_("One sentence for a person."))
    target_kind = models.CharField(_("target kind"), max_length=30)
    target_id = models.BigIntegerField(_("target id"))
    ticket = models.CharField(_("ticket"), max_length=60, blank=True, help_text=_("The Jira key."))
    run_id = models.BigIntegerField(_("run"), null=True, blank=True)
    account_id = models.CharField(_("account id"), max_length=12, blank=True, help_text=_("The AWS account."))
    before = models.JSONField(_("before"), null=True, blank=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), null=True, blank=True, encoder=DjangoJSONEncoder)
    aws_request_ids = ArrayField(
        models.CharField(max_length=100), default=list, blank=True, verbose_name=_("AWS request ids")
    )
    epoch = models.PositiveSmallIntegerField(
        _("epoch"),
        db_default=RawSQL("audit_current_epoch()", []),
        editable=False,
        help_text=_("Raised after a restore: a new cluster counts transactions from the start."),
    )
    transaction = TransactionId(db_default=RawSQL("pg_current_xact_id()", []), editable=False)
    # as the list searches them: by their beginning, in any language, without stop words; stored, because a list
    # that looks through its newest rows for a word would else divide each of them into words
    words = models.GeneratedField(
        expression=SearchVector("summary", "actor", "action", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
        editable=False,
    )

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-id"]
        triggers = [APPEND_ONLY]
        indexes = [
            models.Index(fields=["target_kind", "target_id", "id"], name="event_target"),
            models.Index(fields=["ticket", "id"], name="event_ticket", condition=~models.Q(ticket="")),
            models.Index(fields=["run_id", "id"], name="event_run", condition=models.Q(run_id__isnull=False)),
            models.Index(fields=["account_id", "id"], name="event_account", condition=~models.Q(account_id="")),
            models.Index(fields=["action", "id"], name="event_action"),
            models.Index(fields=["epoch", "transaction", "id"], name="event_commit_order"),
            GinIndex(fields=["words"], name="event_words"),
        ]

    def __str__(self) -> str:
        return f"{self.action}: {self.summary}"


class Seal(models.Model):
    """The place of one committed event in the chain: gap-free number and hash over all before it."""

    number = models.BigIntegerField(_("number"), primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="seal", verbose_name=_("event"))
    previous_hash = models.CharField(_("previous hash"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64)
    sealed_at = models.DateTimeField(_("sealed"))

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering = ["-number"]
        triggers: ClassVar = [APPEND_ONLY]
        indexes: ClassVar = [HashIndex(fields=["hash"], name="seal_hash")]

    def __str__(self) -> str:
        return gettext("Seal {number}").format(number=self.number)


class Delivery(models.Model):
    """One event on its way to one subscriber: retried with back-off, visible, resendable."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries", verbose_name=_("event"))
    subscriber = models.CharField(_("subscriber"), max_length=30, help_text=_("Its name in AUDIT_SUBSCRIBERS."))
    stream = models.CharField(
        max_length=60, help_text=_("Deliveries of one stream leave in order, one at a time: the ticket.")
    )
    status = models.CharField(
        _("status"), max_length=10, choices=DeliveryStatus.choices, default=DeliveryStatus.PENDING
    )
    attempt = models.PositiveIntegerField(_("attempt"), default=0, help_text=_("Counted when a worker takes it."))
    due_at = models.DateTimeField(_("due"))
    lease_until = models.DateTimeField(null=True, blank=True)
    lease = models.UUIDField(null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    receipt = models.CharField(_("receipt"), max_length=200, blank=True, help_text=_("What the receiver calls it."))
    problem = models.TextField(_("problem"), blank=True, help_text=_("Why the last attempt did not succeed."))

    class Meta:
        verbose_name = _("message sent")
        ordering = ["-id"]
        verbose_name_plural = _("messages sent")
        constraints = [
            models.UniqueConstraint(fields=["event", "subscriber"], name="one_delivery_per_subscriber"),
            models.UniqueConstraint(
                fields=["subscriber", "stream"],
                condition=models.Q(status=DeliveryStatus.SENDING) & ~models.Q(stream=""),
                name="one_at_a_time_per_stream",
            ),
            models.CheckConstraint(condition=models.Q(status__in=DeliveryStatus.values), name="delivery_status_known"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="delivery_due",
                condition=models.Q(status__in=[DeliveryStatus.PENDING, DeliveryStatus.SENDING]),
            ),
            models.Index(
                fields=["subscriber", "stream", "id"],
                name="delivery_stream",
                condition=models.Q(status__in=[DeliveryStatus.PENDING, DeliveryStatus.SENDING]),
            ),
            models.Index(fields=["-id"], name="delivery_failed", condition=models.Q(status=DeliveryStatus.FAILED)),
        ]

    def __str__(self) -> str:
        return f"{self.event.action} → {self.subscriber}"
