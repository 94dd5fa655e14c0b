"""AWS accounts the portal knows."""

from typing import TYPE_CHECKING

from django.core.validators import RegexValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from vending.choices import AccountOrigin, AccountState
from vending.models.requests import AccountRequest
from vending.models.searching import pieces_index, searched

if TYPE_CHECKING:
    from vending.models.closings import Closing

ACTIVE = models.Q(state=AccountState.ACTIVE)


class Account(models.Model):
    """An AWS account, whether vended here or adopted from the organization."""

    account_id = models.CharField(_("account id"), max_length=12, unique=True, validators=[RegexValidator(r"^\d{12}$")])
    name = models.CharField(_("name"), max_length=50)
    email = models.CharField(_("e-mail"), max_length=64)
    state = models.CharField(_("state"), max_length=20, choices=AccountState.choices, default=AccountState.ACTIVE)
    origin = models.CharField(_("origin"), max_length=10, choices=AccountOrigin.choices)
    request = models.OneToOneField(
        AccountRequest,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="account",
        verbose_name=_("request"),
    )
    organizational_unit = models.CharField(_("organizational unit"), max_length=128, blank=True)
    environment = models.CharField(_("environment"), max_length=40, blank=True)
    cost_center = models.CharField(_("cost center"), max_length=64, blank=True)
    owner = models.CharField(_("owner"), max_length=254, blank=True)
    created_at = models.DateTimeField(_("created"))
    ready_at = models.DateTimeField(_("ready"), null=True, blank=True)
    search_text = searched("account_id", "name", "email", "cost_center", "owner")

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["-id"]
        permissions = [
            ("repair_account", gettext_noop("Can repair an account")),
            ("close_account", gettext_noop("Can ask to close an account, and confirm another person's wish")),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(account_id__regex=r"^\d{12}$"), name="account_id_has_12_digits"),
        ]
        indexes = [
            models.Index(fields=["email"], name="account_email"),
            pieces_index("account_pieces"),
            # the dashboard's charts of the active accounts are counted from these alone
            models.Index(fields=["organizational_unit"], name="account_unit", condition=ACTIVE),
            models.Index(fields=["environment"], name="account_environment", condition=ACTIVE),
            models.Index(fields=["cost_center"], name="account_cost_center", condition=ACTIVE),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.account_id})"

    @cached_property
    def open_closing(self) -> "Closing | None":
        """The wish to close it that waits for a second person; asked for once, for a page."""
        return self.closings.filter(confirmed_at__isnull=True, withdrawn_at__isnull=True).first()
