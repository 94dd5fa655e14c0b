"""The table, printed section by section as the numbers come in."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

WIDTHS = (60, 26, 17, 11, 8)


@dataclass(frozen=True)
class Row:
    """One number beside its bound (or what it is compared with). `goal` is what is to be reached."""

    what: str
    measured: str
    bound: str = ""
    ratio: str = ""
    goal: str = ""


HEADS = Row("", "measured", "bound or floor", "ratio", "goal")


class Report:
    """Rows in sections, with notes."""

    def add(self, title: str, rows: Sequence[Row], *notes: str) -> None:
        lines = [title, _line(HEADS), *(_line(row) for row in rows), *(f"    {note}" for note in notes)]
        print("\n".join(lines), end="\n\n", flush=True)


def _line(row: Row) -> str:
    first, *others = astuple(row)
    cells = [first.ljust(WIDTHS[0]), *(cell.rjust(width) for cell, width in zip(others, WIDTHS[1:], strict=True))]
    return ("  " + "".join(cells)).rstrip()


def percentile(values: list[float], share: float) -> float:
    """The value below which that share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
