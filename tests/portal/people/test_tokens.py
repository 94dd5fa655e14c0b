"""Tokens of the API: seen once, kept as a digest, revoked at once, no more than one's own or those one manages."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from audit.services import Actor
from portal.people.models import ApiToken
from portal.people.tokens import make_token
from taskqueue import clock
from tests.portal import factories

pytestmark = pytest.mark.django_db
PAGE = "/admin/people/apitoken/"
API = "/api/v1/runs/"


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def token_of(person: User) -> tuple[ApiToken, str]:
    return make_token(user=person, name="A script", actor=Actor.person(person.get_username()))


def status(secret: str) -> int:
    return Client().get(API, headers={"Authorization": f"Token {secret}"}).status_code


def test_a_token_is_shown_once_and_kept_as_a_digest() -> None:
    gus = factories.person("gus", "GAS engineer")
    client = signed_in(gus)
    page = client.post(f"{PAGE}add/", {"name": "A script", "user": gus.pk}).content.decode()
    secret = re.search(r"avp_[\w-]{43}", page)[0]  # type: ignore[index]
    assert status(secret) == 200
    assert "It ends:" in page
    assert f'datetime="{ApiToken.objects.get().ends_at.isoformat()}"' in page
    assert secret not in client.get(PAGE).content.decode()
    assert secret not in str(list(ApiToken.objects.values()))
    event = Event.objects.get(action="token.made")
    assert event.actor == "gus"
    assert secret not in event.summary


def test_its_last_use_is_noted_at_most_once_a_minute() -> None:
    row, secret = token_of(factories.person("gus", "GAS engineer"))
    status(secret)
    row.refresh_from_db()
    first = row.last_used_at
    assert first is not None
    status(secret)
    row.refresh_from_db()
    assert row.last_used_at == first
    ApiToken.objects.update(last_used_at=clock.now() - timedelta(minutes=2))
    status(secret)
    row.refresh_from_db()
    assert row.last_used_at > first


def test_a_revoked_token_is_worth_nothing_and_the_record_says_so() -> None:
    gus = factories.person("gus", "GAS engineer")
    row, secret = token_of(gus)
    signed_in(gus).post(f"{PAGE}{row.pk}/delete/", {"post": "yes"})
    assert status(secret) == 401
    assert Event.objects.get(action="token.revoked").actor == "gus"


def test_the_token_of_a_deactivated_user_is_worth_nothing() -> None:
    gus = factories.person("gus", "GAS engineer")
    _, secret = token_of(gus)
    gus.is_active = False
    gus.save()
    assert status(secret) == 401


@pytest.mark.parametrize("group", ["", "Viewer", "Auditor", "GAS engineer"])
def test_nobody_sees_makes_or_revokes_the_tokens_of_others(group: str) -> None:
    gus = factories.person("gus", "GAS engineer")
    row, secret = token_of(gus)
    stranger = signed_in(factories.person("stranger", group))
    assert "A script" not in stranger.get(PAGE).content.decode()
    stranger.post(f"{PAGE}{row.pk}/delete/", {"post": "yes"})
    stranger.post(f"{PAGE}add/", {"name": "Stolen", "user": gus.pk})
    assert [token.name for token in ApiToken.objects.all()] == ["A script"]
    assert status(secret) == 200


def test_a_gas_admin_revokes_an_engineer_s_token_and_makes_none_for_a_superuser() -> None:
    row, secret = token_of(factories.person("gus", "GAS engineer"))
    root = factories.person("root", superuser=True)
    make_token(user=root, name="Of the superuser", actor=Actor.person("root"))
    ada = signed_in(factories.person("ada", "GAS admin"))
    assert ada.post(f"{PAGE}add/", {"name": "Power", "user": root.pk}).status_code == 200
    assert not ApiToken.objects.filter(name="Power").exists()
    listed = ada.get(PAGE).content.decode()
    assert "A script" in listed
    assert "Of the superuser" not in listed
    ada.post(PAGE, {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
    assert status(secret) == 401
    assert Event.objects.get(action="token.revoked").actor == "ada"


def test_the_list_needs_few_queries() -> None:
    for number in range(5):
        token_of(factories.person(f"robot-{number}", "Viewer"))
    ada = signed_in(factories.person("ada", "GAS admin"))
    with CaptureQueriesContext(connection) as seen:
        ada.get(PAGE)
    assert len(seen) <= 12, [query["sql"][:120] for query in seen]


def test_a_token_ends_after_the_days_of_the_setting_and_is_refused_with_a_sentence(settings: Any) -> None:
    settings.API_TOKEN_DAYS = 30
    row, secret = token_of(factories.person("gus", "GAS engineer"))
    assert timedelta(days=29) < row.ends_at - clock.now() <= timedelta(days=30)
    ApiToken.objects.update(ends_at=datetime(2026, 3, 1, tzinfo=UTC))
    answer = Client().get(API, headers={"Authorization": f"Token {secret}"})
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer.json()["detail"] == "The token ended on 2026-03-01. Make a new one in the portal."


@pytest.mark.parametrize(
    ("left", "said"),
    [(timedelta(days=-1), "Ended"), (timedelta(days=13), "Ends soon"), (timedelta(days=15), "")],
    ids=["ended", "soon", "not soon"],
)
def test_the_list_says_of_a_token_that_it_has_ended_or_ends_soon(left: timedelta, said: str) -> None:
    gus = factories.person("gus", "GAS engineer")
    token_of(gus)
    ApiToken.objects.update(ends_at=clock.now() + left)
    page = signed_in(gus).get(PAGE).content.decode()
    assert re.findall(r'av-label av-\w+">([^<]+)<', page) == ([said] if said else [])
