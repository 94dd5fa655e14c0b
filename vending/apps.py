from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import pgettext_lazy


class VendingConfig(AppConfig):
    name = "vending"
    verbose_name = pgettext_lazy("part of the portal", "Vending")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(first_baseline, sender=self, dispatch_uid="vending.first_baseline")


def first_baseline(**_: Any) -> None:
    """After migrate: a new installation has the product's own baseline, so that it can vend."""
    from vending.services.baselines import ensure_first_baseline

    ensure_first_baseline()
