"""`manage.py baseline export|import FILE`: the baseline as YAML. FILE may be `-`."""

import getpass
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.services import Actor
from vending.selectors import active_baseline
from vending.services.baselines import BaselineFault, export_baseline, import_baseline


class Command(BaseCommand):
    help = "Export the active baseline to a YAML file, or import one as a new version and make it the active one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["export", "import"])
        parser.add_argument("file")

    def handle(self, *args: Any, action: str, file: str, **options: Any) -> None:
        if action == "export":
            self._export(file)
        else:
            self._import(file)

    def _export(self, file: str) -> None:
        active = active_baseline()
        if active is None:
            raise CommandError("There is no baseline yet. Run `manage.py migrate`, which brings the default.")
        text = export_baseline(active)
        if file == "-":
            self.stdout.write(text, ending="")
        else:
            Path(file).write_text(text, encoding="utf-8")

    def _import(self, file: str) -> None:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        try:
            baseline, new = import_baseline(text=text, actor=Actor.person(getpass.getuser()))
        except BaselineFault as fault:
            raise CommandError(f"Nothing was imported.\n{fault}") from fault
        self.stdout.write(f"Baseline {baseline.version} {'is the active one now.' if new else 'is the same already.'}")
