"""Closing an account: one person asks, another one confirms."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vending.models.accounts import Account
from vending.models.runs import Run


class Closing(models.Model):
    """The wish to close an account, and what became of it. The database wants two people."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="closings")
    asked_by = models.CharField(_("asked by"), max_length=200)
    asked_at = models.DateTimeField(_("asked"))
    reason = models.TextField(_("reason"))
    confirmed_by = models.CharField(_("confirmed by"), max_length=200, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    withdrawn_by = models.CharField(_("withdrawn by"), max_length=200, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    run = models.OneToOneField(Run, on_delete=models.PROTECT, null=True, blank=True, related_name="closing")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(confirmed_at__isnull=True, withdrawn_at__isnull=True),
                name="one_open_closing_per_account",
            ),
            models.CheckConstraint(
                condition=~models.Q(confirmed_by=models.F("asked_by")), name="closing_by_two_people"
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=True) | models.Q(withdrawn_at__isnull=True),
                name="closing_confirmed_or_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Closing of {account}").format(account=self.account)
