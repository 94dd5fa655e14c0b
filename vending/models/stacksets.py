"""Stack sets: AWS runs one operation at a time on each, so accounts travel in waves."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from vending.choices import PlaceStatus, WaveAction, WaveStatus
from vending.models.runs import StepRun


class StackSet(models.Model):
    """A stack set the portal deploys, and the timer of its waves."""

    name = models.CharField(_("name"), max_length=128, unique=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True, help_text=_("When its waves are looked at next."))
    lease = models.UUIDField(null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(_("problem"), blank=True)

    class Meta:
        verbose_name = _("stack set")
        verbose_name_plural = _("stack sets")
        ordering = ["name"]
        indexes = [models.Index(fields=["due_at"], name="stack_set_due", condition=models.Q(due_at__isnull=False))]

    def __str__(self) -> str:
        return self.name


class Wave(models.Model):
    """One operation (CreateStackInstances, UpdateStackInstances) for all accounts that were then waiting."""

    stack_set = models.ForeignKey(StackSet, on_delete=models.PROTECT, related_name="waves", verbose_name=_("stack set"))
    operation_id = models.UUIDField(
        _("operation id"), unique=True, help_text=_("AWS's idempotency token, chosen by us.")
    )
    action = models.CharField(_("action"), max_length=10, choices=WaveAction.choices, default=WaveAction.CREATE)
    regions = ArrayField(models.CharField(max_length=30), verbose_name=_("regions"))
    status = models.CharField(_("status"), max_length=10, choices=WaveStatus.choices, default=WaveStatus.OPEN)
    sent = models.BooleanField(_("sent"), default=False, help_text=_("AWS has accepted the operation."))
    known_as = models.CharField(
        _("known as"),
        max_length=128,
        blank=True,
        help_text=_("What AWS calls the operation: our own id, unless its answer says else."),
    )
    result = models.CharField(_("result"), max_length=20, blank=True, help_text=_("AWS's status of the operation."))
    accounts = models.PositiveIntegerField(_("accounts"), default=0, help_text=_("How many travel with it."))
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("wave")
        verbose_name_plural = _("waves")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["stack_set"],
                condition=models.Q(status=WaveStatus.OPEN),
                name="one_open_wave_per_stack_set",
            )
        ]
        indexes = [models.Index(fields=["started_at"], name="wave_started")]

    def __str__(self) -> str:
        return f"{self.stack_set} {self.operation_id}"


class StackSetPlace(models.Model):
    """One account that is to get a stack set, for one step of one run."""

    stack_set = models.ForeignKey(
        StackSet, on_delete=models.PROTECT, related_name="places", verbose_name=_("stack set")
    )
    step_run = models.ForeignKey(
        StepRun, on_delete=models.PROTECT, related_name="stack_set_places", verbose_name=_("step run")
    )
    account_id = models.CharField(_("account id"), max_length=12)
    action = models.CharField(_("action"), max_length=10, choices=WaveAction.choices, default=WaveAction.CREATE)
    regions = ArrayField(models.CharField(max_length=30), verbose_name=_("regions"))
    status = models.CharField(_("status"), max_length=10, choices=PlaceStatus.choices, default=PlaceStatus.QUEUED)
    wave = models.ForeignKey(
        Wave, on_delete=models.PROTECT, null=True, blank=True, related_name="places", verbose_name=_("wave")
    )
    turn = models.DateTimeField(_("turn"))
    reason = models.TextField(_("reason"), blank=True, help_text=_("AWS's reason when the deployment failed."))

    class Meta:
        verbose_name = _("place in a wave")
        verbose_name_plural = _("places in waves")
        ordering = ["turn", "id"]
        constraints = [
            models.UniqueConstraint(fields=["stack_set", "step_run"], name="one_place_per_stack_set_and_step"),
            models.CheckConstraint(
                condition=~models.Q(status=PlaceStatus.IN_WAVE) | models.Q(wave__isnull=False),
                name="in_a_wave_has_one",
            ),
        ]
        indexes = [models.Index(fields=["stack_set", "turn"], name="place_queue", condition=models.Q(status="queued"))]

    def __str__(self) -> str:
        return f"{self.stack_set} → {self.account_id}"
