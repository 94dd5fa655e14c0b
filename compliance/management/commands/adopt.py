"""`manage.py adopt`: take the organization's existing accounts into the books."""

import getpass
from typing import Any

from django.core.management.base import BaseCommand

from audit.services import Actor
from compliance.services import adopt_accounts


class Command(BaseCommand):
    help = "Adopt every account of the organization that the portal does not know yet."

    def handle(self, *args: Any, **options: Any) -> None:
        adopted = adopt_accounts(actor=Actor.person(getpass.getuser()))
        for account in adopted:
            self.stdout.write(f"{account.account_id}  {account.name}")
        self.stdout.write(f"{len(adopted)} adopted.")
