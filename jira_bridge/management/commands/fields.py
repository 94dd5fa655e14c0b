"""`manage.py fields export|import|discover|template`: which Jira field holds which of ours."""

import getpass
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.services import Actor
from jira_bridge import discovery
from jira_bridge.custom_data import present_template
from jira_bridge.jira import JiraError
from jira_bridge.mapping_file import MappingFault
from jira_bridge.services import export_mapping, import_mapping


class Command(BaseCommand):
    help = "Export, import or discover the Jira mapping, or write the custom data of an automation rule for it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        for name, text in (("export", "write the mapping to a YAML file"), ("import", "replace the mapping by a file")):
            actions.add_parser(name, help=text).add_argument("file", help="a path, or - for standard input or output")
        discover = actions.add_parser("discover", help="read the request form in Jira and propose a mapping as YAML")
        discover.add_argument("--request-type", default="", help="name or id; default: the accepted types")
        discover.add_argument("--service-desk", default="", help="project key or id, if several have such a type")
        discover.add_argument("--apply", action="store_true", help="map what is proposed and not mapped yet")
        actions.add_parser("template", help="write the custom data for Automation's “Send web request”")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        match action:
            case "export":
                self._export(options["file"])
            case "import":
                self._import(options["file"])
            case "discover":
                self._discover(options["request_type"], options["service_desk"], apply=options["apply"])
            case "template":
                self.stdout.write(present_template())

    def _export(self, file: str) -> None:
        text = export_mapping()
        if file == "-":
            self.stdout.write(text, ending="")
        else:
            Path(file).write_text(text, encoding="utf-8")

    def _import(self, file: str) -> None:
        try:
            text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
            changed = import_mapping(text=text, actor=Actor.person(getpass.getuser()))
        except MappingFault as fault:
            raise CommandError(f"Nothing was imported.\n{fault}") from fault
        except (OSError, UnicodeDecodeError) as problem:
            raise CommandError(f"Nothing was imported: {file} cannot be read ({problem}).") from problem
        self.stdout.write("The mapping was replaced." if changed else "The mapping is the same already.")

    def _discover(self, request_type: str, service_desk: str, *, apply: bool) -> None:
        try:
            found = discovery.discover(request_type=request_type, service_desk=service_desk)
        except (JiraError, discovery.NoForm) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(discovery.as_yaml(found), ending="")
        if apply:
            rows = discovery.apply(found=found, actor=Actor.person(getpass.getuser()))
            self.stderr.write("\n".join(f"Mapped {row}." for row in rows) or "Nothing was left to map.")
