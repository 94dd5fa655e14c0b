"""Filters for message templates: moments and amounts as readers of a language write them."""

import datetime
from collections.abc import Callable
from decimal import Decimal

from jinja2 import pass_context
from jinja2.runtime import Context

_MONTHS: tuple[str, ...] = ("January", "February", "March", "April", "May", "June")
_MONTHS += ("July", "August", "September", "October", "November", "December")


@pass_context
def moment(context: Context, when: datetime.datetime) -> str:
    """A point in time in UTC: "3 May 2027, 14:05 UTC" or "03.05.2027, 14:05 UTC". Refuses naive times."""
    if when.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    when = when.astimezone(datetime.UTC)
    if context["language"] == "de":
        return f"{when:%d.%m.%Y, %H:%M} UTC"
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}, {when:%H:%M} UTC"


@pass_context
def amount(context: Context, number: Decimal | int) -> str:
    """An amount of money as the message's language writes it."""
    return written_amount(number, context["language"])


def written_amount(number: Decimal | int, language: str) -> str:
    """An amount of money with two decimals: "1,500.00" or "1.500,00"."""
    written = f"{Decimal(number):,.2f}"
    return written.translate(str.maketrans(",.", ".,")) if language == "de" else written


FILTERS: dict[str, Callable[..., str]] = {"moment": moment, "amount": amount}
