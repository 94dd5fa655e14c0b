"""Every page there is, generated from the admin's registry and the addresses of each of its models."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import ModelAdmin
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import RequestFactory
from django.urls import URLPattern, reverse

from portal.people.admin import WithHistory
from tests.browser import world

UNLINKED = ("export", "export_file", "view_on_site", "autocomplete")
"""Pages of an export that must be made first (test_lists_by_mouse.py), and addresses to which nothing leads."""
NOT_PAGES = ("live", "ask", "make", "yaml", "filters", "filter_delete", "exports")
"""Parts of pages, files, and addresses that only take what is sent to them."""


def models() -> list[type[Model]]:
    return list(admin.site._registry)


def pages_of(model: type[Model]) -> Iterator[str]:
    """The addresses of a model's list, of its newest row, of the row's kinds of dialogs and of whatever else it has."""
    own = admin.site._registry[model]
    row = model._default_manager.order_by("-pk").first()
    assert row is not None, f"tests/browser/world.py has no {model._meta.label}"
    for pattern in own.get_urls():
        name = _suffix(own, pattern)
        if name and name not in UNLINKED + NOT_PAGES and _allowed(own, name, row):
            yield from _addresses(own, pattern, row)


def _allowed(own: ModelAdmin, name: str, row: Model) -> bool:
    """Nobody adds to the record or deletes from it, and its history are events: nothing leads to Django's own."""
    if name == "history":
        return isinstance(own, WithHistory)
    request = RequestFactory().get("/")
    request.user = User(is_active=True, is_staff=True, is_superuser=True)
    if name == "add":
        return own.has_add_permission(request)
    return name != "delete" or own.has_delete_permission(request, row)


def _suffix(own: ModelAdmin, pattern: URLPattern) -> str:
    return (pattern.name or "").removeprefix(f"{own.opts.app_label}_{own.opts.model_name}_")


def _addresses(own: ModelAdmin, pattern: URLPattern, row: Model) -> Iterator[str]:
    known: dict[str, list[Any]] = {"name": _dialogs(own), "jira_id": [world.UNMAPPED]}
    names = list(pattern.pattern.converters) or list(getattr(pattern.pattern, "regex", "").groupindex)
    address: list[dict[str, Any]] = [{}]
    for name in names:
        address = [{**each, name: value} for each in address for value in known.get(name, [row.pk])]
    yield from (reverse(f"admin:{pattern.name}", kwargs=each) for each in address)


def _dialogs(own: ModelAdmin) -> list[str]:
    """One operation of each look: with a reason to give, and dangerous."""
    looks = {(operation.asks_reason, operation.danger): operation.name for operation in getattr(own, "operations", ())}
    return list(looks.values())
