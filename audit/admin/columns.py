"""Columns that several lists have."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.contrib import admin
from django.db.models import DateTimeField, Model
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit.labels import label, moment_label

STATUS = _("status")


def coloured(choices: Any, *, field: str = "status", title: Any = STATUS) -> Callable[..., Any]:
    """An admin method that shows a field of coloured choices."""

    @admin.display(description=title, ordering=field)
    def column(_admin: Any, row: Any) -> SafeString:
        return label(choices(getattr(row, field)))

    return column


@cache
def _moment_column(model: type[Model], name: str) -> Callable[[Any], Any]:
    """A column that shows a moment; one for each field, so that it equals itself in list_display_links."""

    @admin.display(description=getattr(model._meta.get_field(name), "verbose_name", name), ordering=name)
    def column(row: Any) -> Any:
        return moment_label(getattr(row, name))

    column.__name__ = name
    return column


def with_moments(model: type[Model], columns: Any) -> list[Any]:
    """The columns of a list, those of moments in the viewer's zone."""
    moments = {field.name for field in model._meta.get_fields() if isinstance(field, DateTimeField)}
    return [_moment_column(model, column) if column in moments else column for column in columns or ()]


def two_lines(first: str, second: str) -> SafeString:
    """Two values of a row in one column; what is cut is whole on hover."""
    return format_html(
        '<span class="av-two"><span title="{0}">{0}</span><span class="av-quiet" title="{1}">{1}</span></span>',
        first or "-", second,
    )  # fmt: skip
