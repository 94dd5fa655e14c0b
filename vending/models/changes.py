"""What a person changed about an account that exists."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vending.models.protection import APPEND_ONLY
from vending.models.runs import Run


class AccountChange(models.Model):
    """Who wants an account to be otherwise, why, and the whole content before and after. Append-only."""

    run = models.OneToOneField(Run, on_delete=models.PROTECT, related_name="change")
    asked_by = models.CharField(max_length=254)
    reason = models.TextField()
    before = models.JSONField(encoder=DjangoJSONEncoder)
    after = models.JSONField(encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("change of an account")
        verbose_name_plural = _("changes of accounts")
        ordering = ["-id"]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return gettext("Changed by {name}").format(name=self.asked_by)
