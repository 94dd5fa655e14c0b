"""Cells: nothing that a person wrote may run in a spreadsheet program."""

import csv
import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from audit.lists.cells import LONGEST, as_csv, cell, safe, write_workbook

ATTACKS = [
    '=HYPERLINK("http://evil.example","pay")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "＝1+1",  # noqa: RUF001
]


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(data.decode(), newline="")))


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_formula_becomes_text(attack: str) -> None:
    [[found, x]] = read(as_csv([[attack, "x"]]))
    assert found == "'" + re.sub(r"^([\t\r\n])", r"\1'", attack)
    assert x == "x"


@pytest.mark.parametrize("separator", [";", "\t", "\n", "\r\n", "; ", ';"', ";'"])
@pytest.mark.parametrize("attack", ["=1+1", "@SUM(1)", "-2+3", "+1"])
def test_a_formula_stays_text_where_the_file_is_divided_by_another_separator(separator: str, attack: str) -> None:
    data = as_csv([["payments", f"harmless{separator}{attack}"]])
    for divided_by in (",", ";", "\t"):
        cells = [
            cell for line in csv.reader(StringIO(data.decode(), newline=""), delimiter=divided_by) for cell in line
        ]
        assert not any(re.match(r"""[\s"']*(?<!')[=+\-@]""", cell) for cell in cells)


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_formula_becomes_text_in_a_workbook(attack: str) -> None:
    file = BytesIO()
    write_workbook(["name"], [[attack]], file)
    found = load_workbook(file).active["A2"]
    assert found.data_type != "f"
    assert str(found.value).startswith("'")


@pytest.mark.parametrize("harmless", ["", "payments-dev", "a=b", "2026-01-15", "O'Neil", "Größe", "ou-ab12"])
def test_harmless_text_stays_as_it_is(harmless: str) -> None:
    assert safe(harmless) == harmless


@given(st.lists(st.text(), min_size=1))
def test_no_cell_of_any_text_begins_like_a_formula(texts: list[str]) -> None:
    texts = [text.replace("\0", "") for text in texts]
    for found, text in zip(read(as_csv([texts]))[0] if any(texts) else [], texts, strict=False):
        assert not re.match(r"\s*[=+\-@]|[\t\r\n]", found)
        assert found.replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (True, "true"),
        (-5, -5),
        (Decimal("250.00"), 250.0),
        (datetime(2026, 1, 15, 10, 0, tzinfo=timezone(timedelta(hours=1))), "2026-01-15T09:00:00Z"),
        (["a@example.com", "b@example.com"], "a@example.com; b@example.com"),
        (["=1+1"], "'=1+1"),
        ({"name": "=1"}, '{"name": "=1"}'),
    ],
)
def test_values_are_written_for_people_and_programs(value: Any, written: Any) -> None:
    assert cell(value) == written


def test_a_workbook_takes_what_its_format_forbids() -> None:
    file = BytesIO()
    write_workbook(["name"], [["a\x00b\x0bc"], ["x" * 40_000], [datetime(2026, 1, 1, tzinfo=UTC)]], file)
    sheet = load_workbook(file).active
    assert sheet["A2"].value == "abc"
    assert len(sheet["A3"].value) == LONGEST
    assert sheet["A4"].value == "2026-01-01T00:00:00Z"
