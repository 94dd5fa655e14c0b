"""Columns that several lists have."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit.labels import label

STATUS = _("status")


def coloured(choices: Any, *, field: str = "status", title: Any = STATUS) -> Callable[..., Any]:
    """An admin method that shows a field of coloured choices."""

    @admin.display(description=title, ordering=field)
    def column(_admin: Any, row: Any) -> SafeString:
        return label(choices(getattr(row, field)))

    return column
