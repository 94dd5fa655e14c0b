"""What a chart shows: plain numbers, each with the list behind it. Templates draw them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode

Words = str | Promise


def listing(model: str, **lookups: Any) -> str:
    """The address of an admin list, filtered: listing("vending.run", status__exact="failed")."""
    address = reverse(f"admin:{model.replace('.', '_')}_changelist")
    values = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in lookups.items()}
    return f"{address}?{urlencode(values)}" if values else address


@dataclass(frozen=True)
class Figure:
    """A number and the list that has exactly that many rows."""

    label: Words
    count: int
    href: str
    loud: bool = False
    css: str = ""


@dataclass(frozen=True)
class Bar:
    """One line of a bar chart; `share` is its length in percent of the longest."""

    figure: Figure
    share: float


@dataclass(frozen=True)
class BarChart:
    title: Words
    bars: Sequence[Bar]
    empty: Words
    whole: Figure | None = None


def bar_chart(title: Words, figures: Sequence[Figure], empty: Words, whole: Figure | None = None) -> BarChart:
    longest = max((figure.count for figure in figures), default=0)
    bars = [Bar(figure, round(100 * figure.count / longest, 2)) for figure in figures if longest]
    return BarChart(title, bars, empty, whole)


@dataclass(frozen=True)
class Piece:
    """A part of a column or of a strip, in percent of the whole drawing."""

    css: str
    start: float
    size: float
    label: Words = ""

    @property
    def top(self) -> float:
        """Where it begins from above, when pieces stand on each other."""
        return round(100 - self.start - self.size, 2)


@dataclass(frozen=True)
class Column:
    """One stretch of time of a column chart: its pieces from the bottom up, and its figures."""

    begins: datetime
    figures: Sequence[Figure]
    pieces: Sequence[Piece]
    left: float
    width: float
    success: int | None


@dataclass(frozen=True)
class ColumnChart:
    columns: Sequence[Column] = field(default_factory=list)
    highest: int = 0
    totals: Sequence[Figure] = field(default_factory=list)
    success: int | None = None


def stacked(sizes: Sequence[tuple[str, float, Words]], whole: float) -> list[Piece]:
    """Pieces one after the other; sizes are (class, amount, label) in the unit of the whole."""
    pieces, reached = [], 0.0
    for css, amount, label in sizes:
        size = 100 * amount / whole if whole else 0.0
        if size:
            pieces.append(Piece(css, round(reached, 2), round(size, 2), label))
        reached += size
    return pieces


def percent(part: int, whole: int) -> int | None:
    """Rounded down: a hundred percent means all."""
    return 100 * part // whole if whole else None
