"""Gates: AWS limits that all runs share, as rows."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vending.models.runs import StepRun


class GatePlace(models.Model):
    """A step's place at a gate: in the queue, or inside with a slot.

    The unique index over (gate, slot) is the limit itself: two steps can never hold one slot.
    """

    gate = models.CharField(_("gate"), max_length=40)
    step_run = models.OneToOneField(
        StepRun, on_delete=models.CASCADE, related_name="gate_place", verbose_name=_("step run")
    )
    turn = models.DateTimeField(_("turn"), help_text=_("When the request was approved: the earlier goes first."))
    slot = models.PositiveSmallIntegerField(_("slot"), null=True, blank=True)
    entered_at = models.DateTimeField(_("entered"), null=True, blank=True)

    class Meta:
        verbose_name = _("gate place")
        verbose_name_plural = _("gate places")
        ordering = ["gate", "turn", "id"]
        constraints = [models.UniqueConstraint(fields=["gate", "slot"], name="one_step_per_slot")]
        indexes = [
            models.Index(fields=["gate", "turn", "id"], name="gate_queue", condition=models.Q(slot__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.gate}: {gettext('waiting') if self.slot is None else self.slot}"
