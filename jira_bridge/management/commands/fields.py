"""`manage.py fields export|import FILE`: which Jira field holds which of ours, as YAML. FILE may be `-`."""

import getpass
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.services import Actor
from jira_bridge.mapping_file import MappingFault
from jira_bridge.services import export_mapping, import_mapping


class Command(BaseCommand):
    help = "Export the Jira mapping (issue types, statuses, fields) to a YAML file, or import one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["export", "import"])
        parser.add_argument("file")

    def handle(self, *args: Any, action: str, file: str, **options: Any) -> None:
        if action == "export":
            text = export_mapping()
            if file == "-":
                self.stdout.write(text, ending="")
            else:
                Path(file).write_text(text, encoding="utf-8")
            return
        try:
            text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
            changed = import_mapping(text=text, actor=Actor.person(getpass.getuser()))
        except MappingFault as fault:
            raise CommandError(f"Nothing was imported.\n{fault}") from fault
        except (OSError, UnicodeDecodeError) as problem:
            raise CommandError(f"Nothing was imported: {file} cannot be read ({problem}).") from problem
        self.stdout.write("The mapping was replaced." if changed else "The mapping is the same already.")
