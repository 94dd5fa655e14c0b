"""`manage.py audit_epoch`: after a restore by pg_dump, let new events sort behind the restored ones."""

import getpass
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.epochs import counter_is_behind, current_epoch, raise_epoch
from audit.services import Actor


class Command(BaseCommand):
    help = "Say which epoch events get and whether it must be raised; with --raise, raise it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--raise", action="store_true", dest="raise_it", help="begin the next epoch")
        parser.add_argument("--force", action="store_true", help="also where nothing speaks for it")

    def handle(self, *args: Any, raise_it: bool, force: bool, **options: Any) -> None:
        behind = counter_is_behind()
        if not raise_it:
            self.stdout.write(f"Epoch {current_epoch()}. {_advice(behind)}")
            return
        if not behind and not force:
            raise CommandError(f"The epoch stays {current_epoch()}. {_advice(behind)} --force raises it all the same.")
        number = raise_epoch(actor=Actor.person(getpass.getuser()))
        self.stdout.write(f"Epoch {number} has begun. Start web and workers, then run manage.py audit_verify.")


def _advice(behind: bool) -> str:
    if behind:
        return (
            "This database was restored into a cluster whose transaction counter is lower than that of its events: "
            "new ones would not be sealed. Run manage.py audit_epoch --raise."
        )
    return "The transaction counter is ahead of all events: nothing has to be done."
