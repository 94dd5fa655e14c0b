"""The table."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """One number beside its bound (or what it is compared with). `goal` is what is to be reached."""

    what: str
    measured: str
    bound: str = ""
    ratio: str = ""
    goal: str = ""


@dataclass
class Report:
    """Rows in sections, with notes."""

    lines: list[tuple[str, list[Row], list[str]]] = field(default_factory=list)

    def add(self, title: str, rows: list[Row], *notes: str) -> None:
        self.lines.append((title, rows, list(notes)))

    def __str__(self) -> str:
        every = [row for _, rows, _ in self.lines for row in rows]
        heads = Row("", "measured", "bound or floor", "ratio", "goal")
        widths = [
            max(len(getattr(row, name)) for row in [heads, *every])
            for name in ("what", "measured", "bound", "ratio", "goal")
        ]
        text = [_line(heads, widths)]
        for title, rows, notes in self.lines:
            text += ["", title, *(_line(row, widths) for row in rows), *(f"  {note}" for note in notes)]
        return "\n".join(text)


def _line(row: Row, widths: list[int]) -> str:
    values = (row.what, row.measured, row.bound, row.ratio, row.goal)
    first, *others = (
        value.ljust(width) if n == 0 else value.rjust(width) for n, (value, width) in enumerate(zip(values, widths, strict=True))
    )
    return ("  " + "  ".join([first, *others])).rstrip()


def percentile(values: list[float], share: float) -> float:
    """The value below which that share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
