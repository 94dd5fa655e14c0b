"""Values as cells of a table that a spreadsheet program opens."""

import csv
import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001  the wide ones are formulas in East Asian versions
CONTROL = ("\t", "\r", "\n")
INSIDE = re.compile(rf"([;\t\r\n][\s\"']*)(?=[{''.join(map(re.escape, FORMULA))}])")
"""Where a program that takes another separator than the comma, as Excel does in German, would begin a cell."""
LONGEST = 32_767
"""Characters in a cell of a workbook, by Excel's specification."""


def safe(text: str) -> str:
    """Text that no spreadsheet program takes for a formula: with an apostrophe where it might.

    OWASP, "CSV Injection": a cell that begins with = + - @, a tab or a line end may be run. Leading blanks are
    looked through, because some programs drop them.
    """
    risky = text.startswith(CONTROL) or text.lstrip().startswith(FORMULA)
    return f"'{text}" if risky else text


def cell(value: Any) -> str | int | float:
    """A value of a row: numbers stay numbers, moments are UTC, everything else is harmless text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple) and all(isinstance(part, str) for part in value):
        return safe("; ".join(value))
    if isinstance(value, dict | list | tuple):
        return safe(json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False))
    return safe(str(value))


def as_csv(rows: Iterable[Sequence[Any]]) -> bytes:
    """Rows as lines of CSV (RFC 4180) in UTF-8."""
    lines = StringIO()
    csv.writer(lines).writerows([_whole(cell(value)) for value in row] for row in rows)
    return lines.getvalue().encode()


def _whole(value: str | float) -> str | float:
    """Text in which no formula begins either where another separator or a line end would divide it."""
    return INSIDE.sub(r"\1'", value) if isinstance(value, str) else value


def write_workbook(head: Sequence[str], rows: Iterable[Sequence[Any]], file: IO[bytes]) -> None:
    """Rows as the one sheet of a workbook, row by row: memory does not grow with their number."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(list(head))
    for row in rows:
        sheet.append([_storable(cell(value)) for value in row])
    book.save(file)


def _storable(value: str | float) -> str | float:
    return ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST] if isinstance(value, str) else value
