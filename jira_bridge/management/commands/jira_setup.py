"""`manage.py jira_setup --project KEY [--apply]`: make in Jira what its interfaces can make, list the rest."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from jira_bridge.jira import JiraError
from jira_bridge.jira.administration import setup_administration
from jira_bridge.setup import checklist, rules, services
from jira_bridge.setup.piece import Piece, State
from jira_bridge.setup.site import NoProject, Site, read
from jira_bridge.setup.wanted import ISSUE_TYPE


class Command(BaseCommand):
    help = (
        "Prepare a service project of Jira for account requests: fields with options, request type, webhook and "
        "automation rules (switched off). Without --apply it only says what it would do. It never changes what is "
        "there. Exit code 1 when something was refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", required=True, help="key of the service project, for example AVM")
        parser.add_argument("--issue-type", default=ISSUE_TYPE, help="the request type's issue type (%(default)s)")
        parser.add_argument("--apply", action="store_true", help="make what is missing")
        parser.add_argument("--rule-file", help="write the automation rules to this file, for Automation's Import")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.JIRA_BASE_URL:
            raise CommandError("JIRA_BASE_URL is not set.")
        try:
            site = read(setup_administration(), options["project"])
            pieces = self._pieces(site, options["issue_type"], apply=options["apply"])
            self._rest(site)
            if options["rule_file"]:
                self._write(options["rule_file"], rules.rule_file(site))
        except (JiraError, NoProject) as problem:
            raise CommandError(str(problem)) from problem
        self._end(pieces, applied=options["apply"])

    def _pieces(self, site: Site, issue_type: str, *, apply: bool) -> list[Piece]:
        who = site.me.get("displayName") or site.me.get("name")
        self.stdout.write(self.style.MIGRATE_HEADING(f"{settings.JIRA_BASE_URL}, {site.project['name']}, as {who}"))
        if not site.administrator:
            self.stdout.write(
                self.style.WARNING(
                    "This user does not have the permission Administer Jira: fields, webhooks and rules are out of "
                    "reach. Set JIRA_SETUP_USER and JIRA_SETUP_API_TOKEN to an administrator's."
                )
            )
        found = []
        for piece in services.plan(site, issue_type):
            found.append(services.apply(piece) if apply else piece)
            self._show(found[-1])
        return found

    def _show(self, piece: Piece) -> None:
        style = {
            State.THERE: self.style.SUCCESS,
            State.MADE: self.style.SUCCESS,
            State.REFUSED: self.style.ERROR,
        }.get(piece.state, self.style.WARNING)
        self.stdout.write(
            f"  {style(f'{piece.state.label:13}')} {piece.name}" + (f": {piece.found}" * bool(piece.found))
        )
        for line in piece.wanted:
            self.stdout.write(f"  {'':13}     {line}")

    def _rest(self, site: Site) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING("By hand, for Jira has no interface for it"))
        for line in checklist.lines(site):
            self.stdout.write(f"  {'' if line.startswith(' ') else '[ ] '}{line}")

    def _write(self, file: str, text: str) -> None:
        try:
            Path(file).write_text(text, encoding="utf-8")
        except OSError as problem:
            raise CommandError(f"{file} cannot be written ({problem.strerror}).") from problem
        self.stdout.write(f"The rules were written to {file}. The key is not in it.")

    def _end(self, pieces: list[Piece], *, applied: bool) -> None:
        count = {state: sum(piece.state is state for piece in pieces) for state in State}
        if count[State.REFUSED]:
            raise CommandError(f"{count[State.REFUSED]} were refused; what was made stays.")
        if applied:
            self.stdout.write(f"{count[State.MADE]} made." if count[State.MADE] else "There was nothing to make.")
        else:
            self.stdout.write(f"Nothing was changed. {count[State.MISSING]} would be made with --apply.")
        if count[State.DIFFERS]:
            self.stdout.write(f"{count[State.DIFFERS]} differ and were left as they are.")
