"""Columns that several lists have."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

STATUS = _("status")


def label(choice: Any) -> SafeString:
    """A choice's label in the colour the choice names."""
    return format_html('<span class="av-label av-{}">{}</span>', choice.colour, choice.label)


def coloured(choices: Any, *, field: str = "status", title: str | Promise = STATUS) -> Callable[..., Any]:
    """An admin method that shows a field of coloured choices."""

    @admin.display(description=title, ordering=field)
    def column(_admin: Any, row: Any) -> SafeString:
        return label(choices(getattr(row, field)))

    return column
