"""`manage.py doctor [SIDE …] [--json]`: 0 when nothing failed (warnings may stand), 1 when something did."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.doctor.examination import SIDES, examine
from portal.doctor.finding import Finding, State


class Command(BaseCommand):
    help = (
        "Look at everything the portal depends on and say what to do. Changes nothing in Jira or AWS. "
        "Exit code 0: nothing failed; 1: something did. Warnings do not count."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = [side.name for side in SIDES]
        parser.add_argument("sides", nargs="*", metavar="SIDE", help=f"only these: {', '.join(names)}")
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object instead of a table")

    def handle(self, *_args: Any, sides: list[str], as_json: bool, **_options: Any) -> None:
        known = {side.name for side in SIDES}
        if unknown := [name for name in sides if name not in known]:
            raise CommandError(f"There is no side “{unknown[0]}”. Sides are: {', '.join(sorted(known))}.")
        found: list[tuple[str, Finding]] = []
        for side, findings in examine(sides):
            found += [(side.name, each) for each in findings]
            if not as_json:
                self._table(str(side.title), findings)
        failures = sum(each.state is State.FAILED for _side, each in found)
        if as_json:
            rows = [{"side": side, **each.as_json()} for side, each in found]
            self.stdout.write(json.dumps({"ok": not failures, "failed": failures, "findings": rows}, indent=2))
        if failures:
            raise CommandError(f"{failures} of these failed.")
        if not as_json:
            warnings = sum(each.state is State.WARNING for _side, each in found)
            self.stdout.write(f"Nothing failed; {warnings} warnings." if warnings else "All is well.")

    def _table(self, title: str, findings: list[Finding]) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(title))
        widest = max((len(each.what) for each in findings), default=0)
        style = {
            State.OK: self.style.SUCCESS,
            State.WARNING: self.style.WARNING,
            State.FAILED: self.style.ERROR,
        }
        for each in findings:
            self.stdout.write(f"  {style[each.state](f'{each.state.value:8}')} {each.what:{widest}}  {each.seen}")
            if each.advice:
                self.stdout.write(f"  {'':8} {'':{widest}}  → {each.advice}")
