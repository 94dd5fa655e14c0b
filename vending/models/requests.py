"""What a ticket asks for, what pre-flight found, and who decided."""

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from vending.choices import REQUEST_TRANSITIONS, ContactKind, Decision, RequestStatus
from vending.models.protection import APPEND_ONLY, transitions
from vending.models.searching import pieces_index, searched
from vending.sentences import said


class AccountRequest(models.Model):
    """One ticket's wish for an AWS account, cleaned, with its state on the way to the account."""

    ticket = models.CharField(_("ticket"), max_length=60, unique=True, help_text=_("The Jira key."))
    status = models.CharField(_("status"), max_length=20, choices=RequestStatus.choices, default=RequestStatus.RECEIVED)
    requester = models.CharField(_("requester"), max_length=254, blank=True)
    # the content: cleaned, but not necessarily valid; faults are rows of PreflightResult
    account_name = models.TextField(_("account name"), blank=True)
    email = models.TextField(_("account e-mail"), blank=True)
    organizational_unit = models.TextField(_("organizational unit"), blank=True)
    environment = models.TextField(_("environment"), blank=True)
    cost_center = models.TextField(_("cost center"), blank=True)
    owner = models.TextField(_("owner"), blank=True)
    approvers = ArrayField(models.TextField(), default=list, blank=True, verbose_name=_("approvers"))
    purpose = models.TextField(_("purpose"), blank=True)
    optional_stack_sets = ArrayField(
        models.TextField(), default=list, blank=True, verbose_name=_("optional stack sets")
    )
    monthly_budget = models.DecimalField(
        _("monthly budget"), max_digits=12, decimal_places=2, null=True, blank=True, help_text=_("US dollars")
    )
    raw = models.JSONField(
        _("raw"),
        default=dict,
        blank=True,
        encoder=DjangoJSONEncoder,
        help_text=_("The values as they came, before cleaning, for people to compare."),
    )
    content_hash = models.CharField(_("content hash"), max_length=64, help_text=_("SHA-256 of the cleaned content."))
    received_at = models.DateTimeField(_("received"))
    changed_at = models.DateTimeField(_("changed"))
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    recheck_at = models.DateTimeField(
        _("recheck"),
        null=True,
        blank=True,
        db_index=True,
        help_text=_("When a request with faults is checked again by itself."),
    )
    search_text = searched("ticket", "account_name", "email", "cost_center", "owner", "requester")

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ["-id"]
        triggers = [transitions(REQUEST_TRANSITIONS)]
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=RequestStatus.values), name="request_status_known"),
            models.CheckConstraint(condition=~models.Q(ticket=""), name="request_has_ticket"),
        ]
        indexes = [
            models.Index(fields=["status", "-id"], name="request_status"),
            models.Index(fields=["email"], name="request_email"),
            pieces_index("request_pieces"),
            # the dashboard counts by week and status from the index alone
            models.Index(fields=["received_at", "status"], name="request_received"),
        ]
        permissions = [("decide_accountrequest", gettext_noop("Can decide on a request"))]

    def __str__(self) -> str:
        return f"{self.ticket} {self.account_name}".strip()


class Contact(models.Model):
    """An alternate contact of the future account."""

    request = models.ForeignKey(AccountRequest, on_delete=models.CASCADE, related_name="contacts")
    kind = models.CharField(max_length=10, choices=ContactKind.choices)
    name = models.TextField(blank=True)
    title = models.TextField(blank=True)
    email = models.TextField(blank=True)
    phone = models.TextField(blank=True)

    class Meta:
        ordering = ["kind"]
        constraints = [models.UniqueConstraint(fields=["request", "kind"], name="one_contact_per_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.name} <{self.email}>"


class LateEdit(models.Model):
    """What the ticket says since it was edited after its approval; a person accepts it or sends it back."""

    request = models.OneToOneField(AccountRequest, on_delete=models.CASCADE, related_name="late_edit")
    raw = models.JSONField(encoder=DjangoJSONEncoder, help_text=_("The values as they came, before cleaning."))
    content_hash = models.CharField(max_length=64)
    edited_by = models.CharField(max_length=254)
    noticed_at = models.DateTimeField()

    def __str__(self) -> str:
        return gettext("Edited by {name}").format(name=self.edited_by)


class PreflightResult(models.Model):
    """One check of one request's content: passed, or a sentence that says what to correct."""

    request = models.ForeignKey(AccountRequest, on_delete=models.CASCADE, related_name="preflight")
    content_hash = models.CharField(max_length=64, help_text=_("The content that was checked."))
    field = models.CharField(max_length=40)
    passed = models.BooleanField()
    sentence = models.TextField(blank=True)
    words = models.JSONField(
        default=dict, blank=True, help_text=_("What it takes to say the sentence in another language.")
    )
    checked_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.field}: {'passed' if self.passed else self.sentence}"

    @property
    def said(self) -> str:
        """The sentence in the language in use; in English where it was stored without its parts."""
        return said(self.words) if self.words else self.sentence


class Approval(models.Model):
    """Who decided what, when, on which exact content. Append-only."""

    request = models.ForeignKey(
        AccountRequest, on_delete=models.PROTECT, related_name="approvals", verbose_name=_("request")
    )
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices)
    decided_by = models.CharField(_("decided by"), max_length=254)
    decided_at = models.DateTimeField(_("decided"))
    content_hash = models.CharField(_("content hash"), max_length=64)
    content = models.JSONField(_("content"), encoder=DjangoJSONEncoder, help_text=_("The content that was decided on."))
    source = models.CharField(_("source"), max_length=60, help_text=_("How the portal learned of it."))

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["-id"]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return gettext("{decision} by {name}").format(decision=self.get_decision_display(), name=self.decided_by)
