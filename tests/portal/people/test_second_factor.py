"""The second factor: who changes things with a password needs one."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from audit.models import Event
from tests.portal import factories
from tests.portal.people.doors import PASSWORD, code_of, is_in, sign_in, with_app

pytestmark = pytest.mark.django_db
SET_UP = "/people/second-factor/app/"
CODE = "/people/second-factor/code/"


@pytest.fixture(autouse=True)
def _required(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.mark.parametrize("group", ["GAS engineer", "GAS admin"])
def test_who_may_change_things_is_led_to_set_one_up(client: Client, group: str) -> None:
    factories.person("gus", group)
    sign_in(client, "gus")
    for address in ("/admin/", "/admin/vending/run/", "/people/second-factor/", "/admin/password_change/"):
        assert client.get(address)["Location"] == SET_UP


def test_the_api_is_shut_too(client: Client) -> None:
    factories.person("gus", "GAS engineer")
    sign_in(client, "gus")
    assert client.get("/api/v1/runs/").status_code == 403


@pytest.mark.parametrize("group", ["Viewer", "Auditor"])
def test_who_only_looks_needs_none(client: Client, group: str) -> None:
    factories.person("vera", group)
    sign_in(client, "vera")
    assert is_in(client)


def test_an_authenticator_app_is_set_up_and_gives_recovery_codes(client: Client) -> None:
    gus = factories.person("gus", "GAS engineer")
    sign_in(client, "gus")
    page = client.get(SET_UP).content.decode()
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page)[1]  # type: ignore[index]
    answer = client.post(SET_UP, {"code": code_of(secret)}, follow=True)
    codes = re.findall(r"<li><code>(\d+)</code></li>", answer.content.decode())
    assert len(codes) == 10
    assert is_in(client)
    kept = str(list(Authenticator.objects.filter(user=gus).values("data")))
    assert secret not in kept

    again = Client()
    assert sign_in(again, "gus")["Location"] == CODE
    assert not is_in(again)
    again.post(CODE, {"code": codes[0]})
    assert is_in(again)
    third = Client()
    sign_in(third, "gus")
    third.post(CODE, {"code": codes[0]})
    assert not is_in(third)


def test_a_wrong_code_sets_nothing_up(client: Client) -> None:
    gus = factories.person("gus", "GAS engineer")
    sign_in(client, "gus")
    client.get(SET_UP)
    client.post(SET_UP, {"code": "000000"})
    assert not Authenticator.objects.filter(user=gus).exists()


def test_the_code_of_the_app_is_asked_for_and_taken_once(client: Client) -> None:
    secret = with_app(factories.person("gus", "GAS engineer"))
    code = code_of(secret)
    assert sign_in(client, "gus")["Location"] == CODE
    client.post(CODE, {"code": code})
    assert is_in(client)
    other = Client()
    sign_in(other, "gus")
    other.post(CODE, {"code": code})
    assert not is_in(other)


def test_guessing_codes_is_stopped(client: Client) -> None:
    secret = with_app(factories.person("gus", "GAS engineer"))
    sign_in(client, "gus")
    for _ in range(5):
        client.post(CODE, {"code": "000000"})
    client.post(CODE, {"code": code_of(secret)})
    assert not is_in(client)


def test_removing_the_app_needs_the_password_again_after_a_while(client: Client, settings: Any) -> None:
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    with_app(factories.person("gus", "GAS engineer"))
    sign_in(client, "gus")
    client.post(CODE, {"code": code_of("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")})
    answer = client.get("/people/second-factor/app/remove/")
    assert answer["Location"].startswith("/people/confirm/")
    assert PASSWORD not in answer.content.decode()


def test_a_gas_admin_removes_a_lost_second_factor(client: Client) -> None:
    gus = factories.person("gus", "GAS engineer")
    with_app(gus)
    ada = factories.person("ada", "GAS admin")
    secret = with_app(ada)
    sign_in(client, "ada")
    client.post(CODE, {"code": code_of(secret)})
    client.post(f"/admin/auth/user/{gus.pk}/do/forget-second-factor/", {"reason": "Phone lost."})
    assert not Authenticator.objects.filter(user=gus).exists()
    assert "Phone lost." in Event.objects.get(action="person.second_factor_removed").summary


def test_without_the_setting_a_password_is_enough(client: Client, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    factories.person("gus", "GAS engineer")
    sign_in(client, "gus")
    assert is_in(client)
