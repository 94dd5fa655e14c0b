"""Labels: how a choice looks on every page."""

from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString


def label(choice: Any) -> SafeString:
    """A choice's words in the colour the choice names."""
    return format_html('<span class="av-label av-{}">{}</span>', choice.colour, choice.label)


def moment_label(value: datetime | None, *, show: str = "full") -> SafeString | str:
    """A moment in the server's zone, the exact UTC on hover; static/portal/time.js turns it to the viewer's zone.

    `show` is full (day and time) or time (hours and minutes).
    """
    if value is None:
        return "-"
    shown = date_format(timezone.localtime(value), "DATETIME_FORMAT" if show == "full" else "H:i")
    exact = value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return format_html('<time datetime="{}" data-show="{}" title="{}">{}</time>', value.isoformat(), show, exact, shown)
