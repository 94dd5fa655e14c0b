"""Findings: whether an account still is as its baseline says. A control is a step that only looks."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.choices import FindingStatus
from vending.models import Account


class Finding(models.Model):
    """What one control found in one account when it last looked."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="findings", verbose_name=_("account"))
    control = models.CharField(_("control"), max_length=40, help_text=_("The step that looks."))
    status = models.CharField(_("status"), max_length=20, choices=FindingStatus.choices)
    evidence = models.TextField(_("evidence"), blank=True)
    checked_at = models.DateTimeField(_("checked"))
    since = models.DateTimeField(_("since"), help_text=_("When the status last changed."))

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["account", "control"]
        constraints = [
            models.UniqueConstraint(fields=["account", "control"], name="one_finding_per_control"),
            models.CheckConstraint(condition=models.Q(status__in=FindingStatus.values), name="finding_status_known"),
        ]
        indexes = [models.Index(fields=["status", "account"], name="finding_status")]

    def __str__(self) -> str:
        return f"{self.control}, {self.account}: {self.get_status_display()}"


class AccountCheck(models.Model):
    """When an account is looked at next, and when its last round of looks began (`checked_at`)."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="check_state")
    due_at = models.DateTimeField(db_index=True)
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at"]

    def __str__(self) -> str:
        return f"Check of {self.account}"
