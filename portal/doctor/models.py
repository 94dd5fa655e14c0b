from django.db import models
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _


class Examination(models.Model):
    """The doctor's last look from the admin, and whether another one was asked for: one row for all."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    asked_at = models.DateTimeField(_("asked"))
    asked_by = models.CharField(_("asked by"), max_length=200)
    language = models.CharField(_("language"), max_length=10, default="en")
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    findings = models.JSONField(_("findings"), default=list, help_text=_("Of the last look that was finished."))

    class Meta:
        verbose_name = _("doctor")
        verbose_name_plural = _("Doctor")
        permissions = [("ask_examination", gettext_noop("Can have the doctor look"))]
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_examination")]

    def __str__(self) -> str:
        return gettext("Examination of {at}").format(at=f"{self.asked_at:%Y-%m-%d %H:%M}")

    @property
    def open(self) -> bool:
        """Whether a look was asked for that is not finished."""
        return self.finished_at is None or self.finished_at < self.asked_at
