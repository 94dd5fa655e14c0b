"""Signing in with a password: only while it is on, only so often, and counted where all processes see it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.core.checks import run_checks
from django.core.management import call_command
from django.test import Client

from tests.portal import factories
from tests.portal.people.doors import PASSWORD, SIGN_IN, is_in, sign_in

pytestmark = pytest.mark.django_db


def test_a_password_lets_in_and_the_session_gets_a_new_key(client: Client) -> None:
    factories.person("gus", "GAS engineer")
    client.get(SIGN_IN)
    client.session.save()
    before = client.session.session_key
    assert sign_in(client, "gus")["Location"] == "/admin/"
    assert client.session.session_key != before
    assert is_in(client)


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(client: Client) -> None:
    factories.person("gus", "GAS engineer")
    wrong = sign_in(client, "gus", "wrong").content.decode().replace("gus", "NAME")
    unknown = sign_in(client, "nobody", "wrong").content.decode().replace("nobody", "NAME")
    token = 'name="csrfmiddlewaretoken"'
    assert [line for line in wrong.splitlines() if token not in line] == [
        line for line in unknown.splitlines() if token not in line
    ]
    assert not is_in(client)


def test_five_failures_for_one_name_shut_it_for_every_address(client: Client) -> None:
    factories.person("gus", "GAS engineer")
    for number in range(5):
        sign_in(client, "gus", "wrong", address=f"192.0.2.{number}")
    answer = sign_in(client, "gus", PASSWORD, address="192.0.2.99")
    assert "Too many failed login attempts" in answer.content.decode()
    assert not is_in(client)


def test_ten_failures_from_one_address_shut_it_for_every_name(client: Client) -> None:
    factories.person("gus", "GAS engineer")
    for number in range(10):
        sign_in(client, f"name-{number}", "wrong", address="192.0.2.1")
    sign_in(client, "gus", address="192.0.2.1")
    assert not is_in(client)
    sign_in(client, "gus", address="192.0.2.2")
    assert is_in(client)


def test_a_forged_header_makes_no_new_address(client: Client, settings: Any) -> None:
    """With one trusted proxy the last entry counts; what stands before it is the visitor's own word."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    factories.person("gus", "GAS engineer")
    for number in range(10):
        forged = f"198.51.100.{number}, 192.0.2.1"
        client.post(SIGN_IN, {"username": f"name-{number}", "password": "x"}, headers={"X-Forwarded-For": forged})
    header = {"X-Forwarded-For": "203.0.113.5, 192.0.2.1"}
    client.post(SIGN_IN, {"username": "gus", "password": PASSWORD}, headers=header)
    assert not is_in(client)


def test_more_than_thirty_tries_a_minute_end_on_a_page_that_says_so(client: Client) -> None:
    for _ in range(30):
        client.post(SIGN_IN, {"username": "", "password": ""})
    answer = client.post(SIGN_IN, {"username": "", "password": ""})
    assert answer.status_code == 429
    assert "Wait five minutes" in answer.content.decode()


@pytest.fixture
def cache_in_the_database(settings: Any) -> Iterator[None]:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "portal_cache"}
    }
    call_command("createcachetable")
    yield
    caches["default"].clear()


def test_the_count_is_in_the_database_where_every_process_sees_it(client: Client, cache_in_the_database: None) -> None:
    factories.person("gus", "GAS engineer")
    for _ in range(5):
        sign_in(Client(), "gus", "wrong")
    del caches["default"]  # what this process holds of it is gone, as in another process
    sign_in(client, "gus")
    assert not is_in(client)


def test_passwords_switched_off_let_nobody_in(client: Client, settings: Any) -> None:
    settings.LOCAL_LOGIN = False
    factories.person("root", superuser=True)
    assert 'name="password"' not in client.get(SIGN_IN).content.decode()
    assert sign_in(client, "root").status_code == 403
    assert not client.login(username="root", password=PASSWORD)
    assert not is_in(client)


def test_switching_passwords_off_without_single_sign_on_is_refused(settings: Any) -> None:
    settings.LOCAL_LOGIN = False
    assert "portal.E005" in [found.id for found in run_checks()]


def test_a_deactivated_person_is_told_so(client: Client) -> None:
    gus = factories.person("gus", "GAS engineer")
    gus.is_active = False
    gus.save()
    answer = client.post(SIGN_IN, {"username": "gus", "password": PASSWORD}, follow=True)
    assert "Your access is switched off" in answer.content.decode()
    assert not is_in(client)


def test_a_user_who_may_not_use_the_portal_is_told_so_instead_of_going_in_circles(client: Client) -> None:
    gus = factories.person("gus")
    gus.is_staff = False
    gus.save()
    answer = client.post(SIGN_IN, {"username": "gus", "password": PASSWORD}, follow=True)
    assert answer.status_code == 403
    assert "may not use this portal" in answer.content.decode()


@pytest.mark.parametrize("address", ["/accounts/signup/", "/people/signup/", "/accounts/password/reset/"])
def test_nobody_signs_themselves_up_or_asks_for_a_new_password(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_sign_in_leads_only_to_pages_of_the_portal(client: Client) -> None:
    factories.person("gus", "GAS engineer")
    answer = client.post(SIGN_IN, {"username": "gus", "password": PASSWORD, "next": "https://evil.example/"})
    assert answer["Location"] == "/admin/"
