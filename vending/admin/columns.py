"""Columns that several lists have."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

STATUS = _("status")


def coloured(choices: Any, *, field: str = "status", title: Any = STATUS) -> Callable[..., Any]:
    """An admin method that shows a choice as a label in the colour the choice names."""

    @display(description=title, ordering=field, label={choice.value: choice.colour for choice in choices})
    def column(_admin: Any, row: Any) -> tuple[str, str]:
        value = getattr(row, field)
        return value, choices(value).label

    return column
