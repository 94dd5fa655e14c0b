"""Value, label and colour of every choice of this app."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FindingStatus(models.TextChoices):
    COMPLIES = "complies", _("Complies")
    DEVIATES = "deviates", _("Deviates")
    UNKNOWN = "unknown", _("Could not be checked")
    NOT_APPLICABLE = "not_applicable", _("Does not apply")

    @property
    def colour(self) -> str:
        return _COLOURS[self]


_COLOURS = {
    FindingStatus.COMPLIES: "success",
    FindingStatus.DEVIATES: "danger",
    FindingStatus.UNKNOWN: "warning",
    FindingStatus.NOT_APPLICABLE: "default",
}
