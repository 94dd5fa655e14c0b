"""Each button for each group: whoever may press it sees it, and nobody else gets at its question."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import reverse
from playwright.sync_api import Browser, Page

from portal.groups import GROUPS
from tests.browser import world
from tests.browser.portals import Portal, filled_portal

pytestmark = pytest.mark.django_db
OPERATED = [model for model, own in admin.site._registry.items() if getattr(own, "operations", ())]
NOBODY = "no group"


@pytest.fixture(scope="module")
def portal(django_db_setup: None, django_db_blocker: Any) -> Iterator[Portal]:
    with filled_portal(django_db_blocker) as filled:
        yield filled


@pytest.fixture
def page(portal: Portal, browser: Browser, group: str) -> Iterator[Page]:
    context = browser.new_context(base_url=portal.address)
    session = portal.sessions[world.MEMBERS.get(group, "stranger")]
    context.add_cookies([{"name": "sessionid", "value": session, "url": portal.address}])
    yield context.new_page()
    context.close()


def may(group: str, permission: str) -> bool:
    app, name = permission.split(".")
    held = Group.objects.filter(name=group, permissions__codename=name, permissions__content_type__app_label=app)
    return held.exists()


def row_with_buttons(model: Any) -> Any:
    """A row in whose state some operation is possible, else any."""
    rows = list(model._default_manager.all())
    operations = admin.site._registry[model].operations
    return max(rows, key=lambda row: sum(operation.offered(row) for operation in operations))


@pytest.mark.parametrize("group", [*GROUPS, NOBODY])
@pytest.mark.parametrize("model", OPERATED, ids=lambda model: model._meta.label)
def test_each_sees_and_reaches_the_buttons_of_the_group(page: Page, model: Any, group: str) -> None:
    row = row_with_buttons(model)
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    sees = may(group, f"{model._meta.app_label}.view_{model._meta.model_name}")
    answer = page.goto(reverse(f"admin:{name}_change", args=[row.pk]))
    assert answer is not None
    assert answer.status == (200 if sees else 403)
    for operation in admin.site._registry[model].operations:
        address = reverse(f"admin:{name}_operation", args=[row.pk, operation.name])
        allowed = sees and may(group, operation.permission)
        shown = page.locator(f"a[href='{address}']").count()
        assert bool(shown) == (allowed and operation.offered(row)), operation.name
        assert page.request.get(address).status == (200 if allowed else 403), operation.name


def test_some_operation_is_possible_on_a_row_of_each_model(portal: Portal) -> None:
    for model in OPERATED:
        row = row_with_buttons(model)
        assert any(operation.offered(row) for operation in admin.site._registry[model].operations), model
