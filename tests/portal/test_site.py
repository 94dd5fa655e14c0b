"""The admin site makes its list of every model only for the pages that show it."""

from typing import Any

import pytest
from django.contrib.admin import AdminSite
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.portal import factories
from vending.models import Account

pytestmark = pytest.mark.django_db


@pytest.fixture
def engineer(client: Client) -> Client:
    client.force_login(factories.person("gus", "GAS engineer"))
    return client


@pytest.mark.parametrize("address", ["/admin/", "/admin/vending/accountrequest/"])
def test_a_page_with_the_sidebar_needs_no_list_of_every_model(
    engineer: Client, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_args: Any, **_values: Any) -> None:
        raise AssertionError("nobody asked for it")

    monkeypatch.setattr(AdminSite, "_build_app_dict", never)
    assert engineer.get(address).status_code == 200


def test_the_page_of_an_app_shows_its_models_and_only_to_those_who_may(engineer: Client, client: Client) -> None:
    assert reverse("admin:vending_run_changelist") in engineer.get("/admin/vending/").content.decode()
    client.force_login(factories.person("stranger"))
    assert client.get("/admin/vending/").status_code == 404


def test_the_page_of_an_account_with_all_its_buttons_needs_at_most_twelve_queries(engineer: Client) -> None:
    factories.world()
    account = Account.objects.exclude(request=None).latest("id")
    with CaptureQueriesContext(connection) as seen:
        engineer.get(reverse("admin:vending_account_change", args=[account.pk]))
    assert len(seen) <= 12, [query["sql"][:120] for query in seen]
