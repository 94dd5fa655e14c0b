"""Pieces of the lists: by what a list is filtered."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.core.exceptions import FieldDoesNotExist
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit.labels import moment_label

register = template.Library()
COMPARED: dict[str, str | Promise] = {
    "exact": "",
    "in": "",
    "gte": _("from"),
    "gt": _("over"),
    "lt": _("before"),
    "lte": _("up to"),
}


@dataclass(frozen=True)
class Chip:
    """One filter of the address in words, and the address of the list without it."""

    title: str
    compared: str | Promise
    value: str | SafeString
    without: str


@register.simple_tag
def chips(changelist: Any) -> list[Chip]:
    """The filters that came with a link and stand in no box of the list: without them its length is a riddle."""
    shown = {name for spec in changelist.filter_specs for name in spec.expected_parameters()}
    return [
        _chip(changelist, name, values[-1])
        for name, values in changelist.filter_params.items()
        if name not in shown and "__" in name
    ]


def _chip(changelist: Any, name: str, value: str) -> Chip:
    field_name, lookup = name.rsplit("__", 1)
    try:
        field = changelist.model._meta.get_field(field_name.split("__")[0])
        title = str(getattr(field, "verbose_name", field_name))
        labels = dict(getattr(field, "flatchoices", None) or [])
    except FieldDoesNotExist:
        title, labels = field_name, {}
    words = ", ".join(str(labels.get(part, part)) for part in value.split(",")) if labels else value
    return Chip(
        title=title,
        compared=COMPARED.get(lookup, lookup),
        value=moment_label(_moment(value)) if _moment(value) else words or str(_("(none)")),
        without=changelist.get_query_string(remove=[name]),
    )


def _moment(value: str) -> Any:
    try:
        return parse_datetime(value) if len(value) > 10 else None
    except ValueError:
        return None
