"""Filters under a name: the own ones, the shared ones, and nobody else's."""

import pytest
from django.test import Client

from audit.lists.models import SavedFilter
from tests.portal import factories

pytestmark = pytest.mark.django_db
LIST = "/admin/vending/run/"
FILTERS = f"{LIST}filters/"


@pytest.fixture
def as_engineer(client: Client) -> Client:
    client.force_login(factories.person("gus", "GAS engineer"))
    return client


def save(client: Client, name: str = "Broken", query: str = "status__exact=failed", **more: str) -> None:
    client.post(FILTERS, {"name": name, "query": query, **more})


def test_a_filter_is_one_click_away_after_it_was_named(as_engineer: Client) -> None:
    factories.world()
    save(as_engineer)
    text = as_engineer.get(LIST).content.decode()
    assert '<a href="?status__exact=failed">Broken</a>' in text
    assert "AVM-2" in as_engineer.get(f"{LIST}?status__exact=failed").content.decode()


def test_the_present_filter_is_marked(as_engineer: Client) -> None:
    save(as_engineer)
    assert 'aria-current="true">Broken' in as_engineer.get(f"{LIST}?status__exact=failed&p=2").content.decode()


def test_the_page_is_no_part_of_a_filter(as_engineer: Client) -> None:
    save(as_engineer, query="p=3&status__exact=failed&e=1")
    assert SavedFilter.objects.get().query == "status__exact=failed"


def test_the_same_name_replaces(as_engineer: Client) -> None:
    save(as_engineer)
    save(as_engineer, query="status__exact=on_hold")
    assert SavedFilter.objects.get().query == "status__exact=on_hold"


@pytest.mark.parametrize(
    ("name", "query"), [("", "q=x"), ("x" * 61, "q=x"), ("All", ""), ("All", "p=2"), ("Long", "q=" + "x" * 3000)]
)
def test_what_is_no_filter_is_not_saved(as_engineer: Client, name: str, query: str) -> None:
    save(as_engineer, name, query)
    assert not SavedFilter.objects.exists()


def test_an_own_filter_is_seen_by_nobody_else(as_engineer: Client, client: Client) -> None:
    save(as_engineer)
    client.force_login(factories.person("audrey", "Auditor"))
    assert ">Broken</a>" not in client.get(LIST).content.decode()


def test_a_shared_filter_is_used_by_others_and_deleted_by_its_owner_only(as_engineer: Client, client: Client) -> None:
    save(as_engineer, shared="on")
    saved = SavedFilter.objects.get()
    client.force_login(factories.person("audrey", "Auditor"))
    text = client.get(LIST).content.decode()
    assert 'title="shared by gus">Broken' in text
    assert f"{FILTERS}{saved.pk}/delete/" not in text
    assert client.post(f"{FILTERS}{saved.pk}/delete/").status_code == 404
    assert SavedFilter.objects.exists()


def test_an_owner_deletes_it_by_post_only(as_engineer: Client) -> None:
    save(as_engineer)
    saved = SavedFilter.objects.get()
    assert as_engineer.get(f"{FILTERS}{saved.pk}/delete/").status_code == 403
    assert SavedFilter.objects.exists()
    as_engineer.post(f"{FILTERS}{saved.pk}/delete/")
    assert not SavedFilter.objects.exists()


def test_a_filter_stays_with_its_list(as_engineer: Client) -> None:
    save(as_engineer)
    assert ">Broken</a>" not in as_engineer.get("/admin/vending/account/").content.decode()


def test_a_name_is_never_markup(as_engineer: Client) -> None:
    save(as_engineer, name="<b>x</b>", query='q="><script>')
    text = as_engineer.get(LIST).content.decode()
    assert "<b>x</b>" not in text
    assert '"><script>' not in text


def test_a_person_in_no_group_saves_nothing(client: Client) -> None:
    client.force_login(factories.person("stranger"))
    assert client.post(FILTERS, {"name": "x", "query": "q=1"}).status_code == 403
    assert not SavedFilter.objects.exists()
