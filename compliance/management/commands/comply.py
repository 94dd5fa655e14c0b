"""`manage.py comply [ACCOUNT…]`: look at accounts now and say what deviates."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance.choices import FindingStatus
from compliance.services import check_account
from vending.models import Account


class Command(BaseCommand):
    help = "Check accounts against their baseline; exit status 1 if any deviates."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("accounts", nargs="*", help="12-digit account ids; none: all")

    def handle(self, *args: Any, accounts: list[str], **options: Any) -> None:
        chosen = Account.objects.filter(account_id__in=accounts) if accounts else Account.objects.all()
        if missing := set(accounts) - set(chosen.values_list("account_id", flat=True)):
            raise CommandError(f"The portal does not know {', '.join(sorted(missing))}. Run `manage.py adopt`?")
        deviating = 0
        for account in chosen.order_by("account_id"):
            for finding in check_account(account_id=account.pk):
                if finding.status == FindingStatus.DEVIATES:
                    deviating += 1
                    self.stdout.write(f"{account.account_id}  {finding.control}: {finding.evidence}")
        self.stdout.write(f"{deviating} deviations.")
        if deviating:
            raise SystemExit(1)
