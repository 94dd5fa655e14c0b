from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.doctor import aws, database, jira, queue
from portal.doctor.finding import Finding, State

SIDES = {"Database": database, "Queue": queue, "AWS": aws, "Jira": jira}


class Command(BaseCommand):
    help = "Look at everything the portal depends on and say what to do. Ends with 1 when something failed."
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        failures = 0
        for name, side in SIDES.items():
            self.stdout.write(self.style.MIGRATE_HEADING(name))
            for finding in side.look():
                failures += finding.state == State.FAILED
                self._write(finding)
        if failures:
            raise CommandError(f"{failures} of these failed.")
        self.stdout.write("All is well.")

    def _write(self, finding: Finding) -> None:
        style = {
            State.OK: self.style.SUCCESS,
            State.WARNING: self.style.WARNING,
            State.FAILED: self.style.ERROR,
        }
        state = style[finding.state](f"{finding.state.value:8}")
        self.stdout.write(f"  {state} {finding.what:46} {finding.seen}")
        if finding.advice:
            self.stdout.write(f"  {'':8} {'':46} → {finding.advice}")
