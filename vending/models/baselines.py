"""Which steps an account gets, with which parameters: data, versioned."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from vending.models.protection import APPEND_ONLY


class Baseline(models.Model):
    """One version of what a governed account looks like. A new version replaces it; none is ever edited."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    note = models.TextField(_("note"), blank=True, help_text=_("Why this version was made."))
    created_at = models.DateTimeField(_("created"))
    created_by = models.CharField(_("created by"), max_length=200)

    class Meta:
        verbose_name = _("baseline")
        verbose_name_plural = _("baselines")
        ordering = ["-version"]
        triggers = [APPEND_ONLY]
        permissions = [("edit_baseline", gettext_noop("Can make and activate versions of the baseline"))]

    def __str__(self) -> str:
        return f"Baseline {self.version}"


class BaselineActivation(models.Model):
    """Who made which version the active one, when and why. The last one counts for runs that start."""

    baseline = models.ForeignKey(Baseline, on_delete=models.PROTECT, related_name="activations")
    activated_at = models.DateTimeField(_("activated"))
    activated_by = models.CharField(_("activated by"), max_length=200)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        ordering = ["-id"]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.baseline}: {self.activated_by}"


class BaselineStep(models.Model):
    """A step of a baseline, for every environment or for one."""

    baseline = models.ForeignKey(Baseline, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(_("step"), max_length=40, help_text=_("The step's name in the registry."))
    environment = models.CharField(
        _("environment"), max_length=40, blank=True, help_text=_("Empty: every environment without own row.")
    )
    enabled = models.BooleanField(_("enabled"), default=True)
    parameters = models.JSONField(
        _("parameters"), default=dict, blank=True, help_text=_("Checked against the step's own description.")
    )

    class Meta:
        ordering = ["baseline", "step", "environment"]
        triggers = [APPEND_ONLY]
        constraints = [models.UniqueConstraint(fields=["baseline", "step", "environment"], name="one_row_per_step")]

    def __str__(self) -> str:
        return f"{self.step} {self.environment}".strip()
