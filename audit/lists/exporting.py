"""Writing an export: part by part, each in a transaction, so that it survives a worker and fits into memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from tempfile import TemporaryFile
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from audit.choices import ExportFormat, ExportStatus
from audit.lists.cells import as_csv, write_workbook
from audit.lists.models import Export, ExportPart
from audit.services import Actor, record_event
from taskqueue import clock
from taskqueue.queue import enqueue

AT_ONCE = 2_000
"""Rows that are written while the person waits; more are written in the background."""
PART = 5_000
"""Rows of one part."""
MOST_IN_A_WORKBOOK = 50_000
"""A workbook is written in one go, within the time of one task; whoever wants more takes CSV."""
MOST_RUNNING = 3
"""Exports of one person that are written in the background at the same time."""
PIECE = 1024 * 1024
KEPT = timedelta(hours=24)
PATIENCE = timedelta(minutes=2)
MOST_ATTEMPTS = 3
MARK = b"\xef\xbb\xbf"
"""The byte order mark: without it Excel reads CSV in the local encoding."""


class TooMany(Exception):
    """More rows than the format can hold, or more files than one person may have written at once; the text says what to
    do, for a person."""


@dataclass(frozen=True)
class Table:
    """What is exported: the rows of a list as it is filtered, and the paths of their fields."""

    rows: QuerySet[Any]
    fields: Sequence[str]

    @property
    def head(self) -> list[str]:
        return [path.replace("__", ".") for path in self.fields]


@transaction.atomic
def ask(*, owner: User, list_name: str, query: str, file_format: ExportFormat, table: Table) -> Export:
    """Begin an export and write down that it was asked for. Raises TooMany."""
    count = table.rows.order_by().count()
    if file_format == ExportFormat.XLSX and count > MOST_IN_A_WORKBOOK:
        raise TooMany(
            _("The list has {count} rows; a workbook takes {most} here. Filter it, or take CSV.").format(
                count=count, most=MOST_IN_A_WORKBOOK
            )
        )
    if count > AT_ONCE and _running(owner) >= MOST_RUNNING:
        raise TooMany(
            _("{most} exports of yours are being written. Wait until one of them is ready, then ask again.").format(
                most=MOST_RUNNING
            )
        )
    now = clock.now()
    export = Export.objects.create(
        owner=owner, list=list_name, query=query, format=file_format, rows_all=count,
        asked_at=now, due_at=now + PATIENCE, kept_until=now + KEPT,
    )  # fmt: skip
    record_event(
        actor=Actor.person(owner.get_username()), action="list.exported", target_kind="export", target_id=export.pk,
        summary=f"{count} rows of {list_name} were exported as {file_format.label}.",
        after={"list": list_name, "query": query, "rows": count},
    )  # fmt: skip
    if count > AT_ONCE:
        enqueue("audit.tasks.write_export", export.pk)
    return export


def _running(owner: User) -> int:
    """How many this person has under way. Counted with the person's row held: two clicks at once count each other."""
    User.objects.select_for_update().get(pk=owner.pk)
    return Export.objects.filter(owner=owner, status=ExportStatus.WRITING).count()


def write(export_id: int, table: Table) -> ExportStatus:
    """Write the next part of an export, or the whole workbook. A second worker at the same time waits its turn."""
    with transaction.atomic():
        export = Export.objects.select_for_update().get(pk=export_id)
        if export.status == ExportStatus.WRITING:
            if export.format == ExportFormat.XLSX:
                _write_book(export, table)
            else:
                _write_part(export, table)
            export.due_at = clock.now() + PATIENCE
            export.save()
    return ExportStatus(export.status)


def fail(export_id: int, problem: str) -> None:
    Export.objects.filter(pk=export_id, status=ExportStatus.WRITING).update(status=ExportStatus.FAILED, problem=problem)


def content(export: Export) -> Iterator[bytes]:
    """The file, piece by piece."""
    for data in export.parts.order_by("number").values_list("data", flat=True).iterator(chunk_size=1):
        yield bytes(data)


def sweep() -> int:
    """Throw away what was kept long enough, and take up again what does not go on."""
    now = clock.now()
    gone, _ = Export.objects.filter(kept_until__lt=now).delete()
    late = Export.objects.filter(status=ExportStatus.WRITING, due_at__lt=now)
    late.filter(attempt__gte=MOST_ATTEMPTS).update(
        status=ExportStatus.FAILED, problem="The file could not be written. Filter the list further and try again."
    )
    stuck = list(late.values_list("pk", flat=True))
    for export_id in stuck:
        with transaction.atomic():
            Export.objects.filter(pk=export_id).update(attempt=F("attempt") + 1, due_at=now + PATIENCE)
            enqueue("audit.tasks.write_export", export_id)
    return gone + len(stuck)


def _write_part(export: Export, table: Table) -> None:
    rows = table.rows.order_by("-pk")
    if export.last_pk is not None:
        rows = rows.filter(pk__lt=export.last_pk)
    found = list(rows.values_list("pk", *table.fields)[:PART])
    number = export.parts.count()
    begin = b"" if number else MARK + as_csv([table.head])
    ExportPart.objects.create(export=export, number=number, data=begin + as_csv(row[1:] for row in found))
    export.rows_done += len(found)
    if found:
        export.last_pk = found[-1][0]
    if len(found) < PART:
        export.status = ExportStatus.READY
    else:
        enqueue("audit.tasks.write_export", export.pk)


def _write_book(export: Export, table: Table) -> None:
    rows = table.rows.order_by("-pk").values_list(*table.fields)[:MOST_IN_A_WORKBOOK]
    with TemporaryFile() as file:
        write_workbook(table.head, rows.iterator(chunk_size=PART), file)
        file.seek(0)
        for number, piece in enumerate(iter(lambda: file.read(PIECE), b"")):
            ExportPart.objects.create(export=export, number=number, data=piece)
    export.rows_done = export.rows_all or 0
    export.status = ExportStatus.READY
