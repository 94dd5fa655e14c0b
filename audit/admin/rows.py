"""Rows of a list without what django-unfold does again for each of them: together it was half of a full list's time.

The headers, of which a cell needs only its title, are made with their addresses and their checkbox for every row; and
every row's checkbox goes through a template of its own, though only the id in it differs.
"""

from collections.abc import Callable, Iterable
from functools import cache, wraps
from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.admin import checkbox
from unfold.templatetags import unfold_list

Headers = list[dict[str, Any]]
PLACE = "id-of-the-row"


def once_a_list(make: Callable[[Any], Iterable[dict[str, Any]]]) -> Callable[[Any], Headers]:
    """The same headers for each row of a list. They stay with the list, which lives as long as its request."""

    @wraps(make)
    def headers(changelist: Any) -> Headers:
        if not hasattr(changelist, "headers_made"):
            changelist.headers_made = [header | {"text": _named(header["text"])} for header in make(changelist)]
        made: Headers = changelist.headers_made
        return made

    return headers


def _named(text: Any) -> Any:
    """As the heading of the column writes it; on a narrow screen each value has it before itself."""
    return text if isinstance(text, SafeString) else capfirst(text)


# the only way in: the rows of a list are made by a function that looks this one up in its module
unfold_list.result_headers = once_a_list(unfold_list.result_headers)


class CheckboxMixin:
    """The checkbox before a row, as django-unfold's, rendered once for each language."""

    @admin.display(description=_("Select record"))
    def action_checkbox(self, row: Any) -> SafeString:
        return format_html(_checkbox(get_language()), row.pk)


@cache
def _checkbox(_language: str | None) -> str:
    """For format_html: a pair of braces where the id comes."""
    whole = str(checkbox.render(ACTION_CHECKBOX_NAME, PLACE))
    return whole.replace("{", "{{").replace("}", "}}").replace(PLACE, "{}")
