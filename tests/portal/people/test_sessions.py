"""Sessions end: by age, by idleness, and with the rights they were made for."""

import time
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from portal.people.presence import BEGUN, SEEN
from tests.portal import factories
from tests.portal.people.doors import is_in, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def gus(client: Client) -> User:
    person = factories.person("gus", "GAS engineer")
    person.groups.add(Group.objects.get(name="Auditor"))
    sign_in(client, "gus")
    assert is_in(client)
    return person


def grow_older(client: Client, **seconds: int) -> None:
    session = client.session
    for name, value in seconds.items():
        session[name] = time.time() - value
    session.save()


def test_a_session_ends_by_age_however_busy(client: Client, gus: User, settings: Any) -> None:
    grow_older(client, **{BEGUN: settings.SESSION_COOKIE_AGE + 1})
    assert not is_in(client)


def test_an_idle_session_ends(client: Client, gus: User, settings: Any) -> None:
    grow_older(client, **{SEEN: settings.SESSION_IDLE_SECONDS + 1})
    assert not is_in(client)


def test_presence_is_noted_by_pages_and_not_by_what_scripts_fetch(client: Client, gus: User) -> None:
    grow_older(client, **{SEEN: 120})
    before = client.session[SEEN]
    client.get("/admin/", headers={"Sec-Fetch-Dest": "empty"})
    assert client.session[SEEN] == before
    client.get("/admin/", headers={"Sec-Fetch-Dest": "document"})
    assert client.session[SEEN] > before


def test_a_deactivated_person_is_out_at_once(client: Client, gus: User) -> None:
    gus.is_active = False
    gus.save()
    assert not is_in(client)
    gus.is_active = True
    gus.save()
    assert not is_in(client)


def test_losing_a_group_ends_the_sessions_and_gaining_one_does_not(client: Client, gus: User) -> None:
    gus.groups.add(Group.objects.get(name="Viewer"))
    assert is_in(client)
    gus.groups.remove(Group.objects.get(name="Auditor"))
    assert not is_in(client)


@pytest.mark.parametrize("way", ["set", "clear", "from the group", "group cleared", "group deleted"])
def test_whichever_way_a_group_is_lost(client: Client, gus: User, way: str) -> None:
    auditors = Group.objects.get(name="Auditor")
    {
        "set": lambda: gus.groups.set([]),
        "clear": lambda: gus.groups.clear(),
        "from the group": lambda: auditors.user_set.remove(gus),
        "group cleared": lambda: auditors.user_set.clear(),
        "group deleted": lambda: auditors.delete(),
    }[way]()
    assert not is_in(client)


def test_a_new_password_ends_the_sessions(client: Client, gus: User) -> None:
    gus.set_password("another long password")
    gus.save()
    assert not is_in(client)


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(client: Client) -> None:
    factories.person("vera", "Viewer")
    cookie = sign_in(client, "vera").cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
