"""Bring the German catalogue up to date with code and templates, and compile it."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal import catalogue

UNCHANGING = datetime(2026, 1, 1, tzinfo=UTC)
"""The moment of writing would make every run a change."""


class Command(BaseCommand):
    help = "Brings locale/ up to date with code and templates; says which texts lack their German."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            from babel.messages import Catalog, mofile, pofile
        except ImportError as missing:
            raise CommandError("This needs Babel: install requirements/dev.txt.") from missing
        with catalogue.GERMAN.open("rb") as file:
            known = pofile.read_po(file, locale="de")
        fresh = Catalog(
            locale="de", header_comment=known.header_comment, project="Account Vending", version="Portal",
            msgid_bugs_address="", last_translator="", language_team="German", creation_date=UNCHANGING,
            revision_date=UNCHANGING, charset="utf-8", fuzzy=False,
        )  # fmt: skip
        for (context, key), files in catalogue.gathered().items():
            before = known.get(key, context)
            german = before.string if before else ("" if isinstance(key, str) else ("", ""))
            fresh.add(key, german, context=context, locations=[(file, 0) for file in sorted(files)])
        with catalogue.GERMAN.open("wb") as text:
            pofile.write_po(text, fresh, width=110, sort_output=True, include_lineno=False, omit_header=False)
        with catalogue.GERMAN.with_suffix(".mo").open("wb") as compiled:
            mofile.write_mo(compiled, fresh)
        lacking = [message.id for message in fresh if message.id and not all(_strings(message.string))]
        for each in lacking:
            self.stdout.write(f"no German: {each}")
        self.stdout.write(f"{len(fresh)} texts, {len(lacking)} without German.")


def _strings(german: Any) -> tuple[str, ...]:
    return (german,) if isinstance(german, str) else tuple(german)
