"""Signing in through a real OpenID Connect provider (django-oauth-toolkit) that runs beside the test."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.http import HttpResponse
from django.test import Client

from audit.models import Event
from portal.people import sso
from tests.portal import factories
from tests.portal.people.doors import is_in
from tests.portal.people.providers.oidc import CLIENT_ID, CLIENT_SECRET
from tests.portal.people.providers.running_oidc import RunningOidc

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
GROUPS = {"aws-gas": "GAS engineer", "aws-audit": "Auditor", "aws-look": "Viewer"}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOidc]:
    provider = RunningOidc(tmp_path_factory.mktemp("oidc"), "http://testserver")
    yield provider
    provider.stop()


@pytest.fixture
def provider(running: RunningOidc, settings: Any) -> RunningOidc:
    running.forget()
    settings.OIDC_ISSUER = running.issuer
    settings.SSO_GROUPS = GROUPS
    settings.SOCIALACCOUNT_PROVIDERS = sso.providers(
        oidc_issuer=running.issuer,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=CLIENT_SECRET,
        saml_metadata="",
        saml_entity_id="",
    )
    return running


def come(client: Client, provider: RunningOidc, username: str, query: str = "") -> HttpResponse:
    begun = client.get(f"/sso/oidc/login/{query}")
    return client.get(provider.sign_in(begun["Location"], username))


def groups_of(username: str) -> set[str]:
    return {group.name for group in User.objects.get(username=username).groups.all()}


def test_the_first_sign_in_makes_a_user_with_what_the_claim_maps_to(client: Client, provider: RunningOidc) -> None:
    provider.say("gus", groups=["aws-gas", "something else"], email="gus@example.com", given_name="Gus")
    assert come(client, provider, "gus")["Location"] == "/admin/"
    assert is_in(client)
    gus = User.objects.get(username="gus")
    assert groups_of("gus") == {"GAS engineer"}
    assert (gus.email, gus.first_name, gus.is_superuser, gus.has_usable_password()) == (
        "gus@example.com",
        "Gus",
        False,
        False,
    )
    assert gus.last_login is not None
    assert Event.objects.get(action="person.made").after["groups"] == ["GAS engineer"]


def test_sign_in_goes_on_to_the_page_that_was_asked_for(client: Client, provider: RunningOidc) -> None:
    provider.say("gus", groups="aws-gas")
    page = "/admin/vending/run/"
    shown = client.get(client.get(page)["Location"]).content.decode()
    assert "/sso/oidc/login/?next=%2Fadmin%2Fvending%2Frun%2F" in shown
    assert come(client, provider, "gus", "?next=%2Fadmin%2Fvending%2Frun%2F")["Location"] == page


def test_a_group_taken_away_there_is_taken_away_here_at_the_next_sign_in(client: Client, provider: RunningOidc) -> None:
    provider.say("gus", groups=["aws-gas", "aws-audit"])
    come(client, provider, "gus")
    provider.say("gus", groups=["aws-audit"])
    later = Client()
    come(later, provider, "gus")
    assert groups_of("gus") == {"Auditor"}
    assert is_in(later)
    assert not is_in(client)  # the older session ends with the rights it was made for
    assert Event.objects.get(action="person.rights_changed").after["groups"] == ["Auditor"]


def test_a_group_given_by_hand_does_not_outlast_the_next_sign_in(client: Client, provider: RunningOidc) -> None:
    provider.say("gus", groups=["aws-look"])
    come(client, provider, "gus")
    User.objects.get(username="gus").groups.add(Group.objects.get(name="GAS admin"))
    come(Client(), provider, "gus")
    assert groups_of("gus") == {"Viewer"}


@pytest.mark.parametrize("groups", [[], ["something else"], "GAS admin", None, 7, {"aws-gas": True}])
def test_without_a_mapped_group_there_is_a_page_that_says_what_to_ask_for(
    client: Client, provider: RunningOidc, groups: Any
) -> None:
    provider.say("nadia", groups=groups, email="nadia@example.com")
    answer = come(client, provider, "nadia")
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "nadia@example.com" in page
    assert "aws-gas" in page
    assert not is_in(client)
    assert not User.objects.filter(username="nadia").exists()


def test_who_has_lost_every_group_loses_all_rights_and_sessions(client: Client, provider: RunningOidc) -> None:
    provider.say("gus", groups=["aws-gas"])
    come(client, provider, "gus")
    provider.say("gus", groups=[])
    assert come(Client(), provider, "gus").status_code == 403
    assert not is_in(client)
    assert groups_of("gus") == set()


@pytest.mark.parametrize("verified", [True, False])
def test_a_local_account_is_not_taken_over_by_its_name_or_mail(
    client: Client, provider: RunningOidc, verified: bool
) -> None:
    local = factories.person("local", superuser=True)
    local.email = "local@example.com"
    local.save()
    provider.say("local", groups=["aws-look"], email="local@example.com", email_verified=verified)
    come(client, provider, "local")
    assert is_in(client)
    assert int(client.session["_auth_user_id"]) != local.pk
    assert groups_of("local") == set()


def test_a_signed_in_local_user_cannot_connect_an_identity(client: Client, provider: RunningOidc) -> None:
    local = factories.person("local", superuser=True)
    client.force_login(local)
    provider.say("vera", groups=["aws-look"])
    come(client, provider, "vera", "?process=connect")
    assert not local.socialaccount_set.exists()


@pytest.mark.parametrize(
    ("falsehood", "reason"),
    [
        ({"iss": "https://elsewhere.example"}, "Invalid issuer"),
        ({"aud": "another-client"}, "Audience doesn't match"),
        ({"nonce": "of another sign-in"}, "was made for another sign-in"),
        ({"nonce": ""}, "was made for another sign-in"),
        ({"exp": int(time.time()) - 600}, "Signature has expired"),
        ({"sub": "somebody else"}, "are about different people"),
    ],
)
def test_an_id_token_that_was_not_made_for_this_sign_in_is_refused(
    client: Client,
    provider: RunningOidc,
    caplog: pytest.LogCaptureFixture,
    falsehood: dict[str, Any],
    reason: str,
) -> None:
    provider.say("gus", groups=["aws-gas"])
    provider.lie("gus", id_token=falsehood)
    answer = come(client, provider, "gus")
    assert answer.status_code == 401
    assert "Single sign-on did not work" in answer.content.decode()
    assert reason in caplog.text
    assert not User.objects.filter(username="gus").exists()


def test_an_id_token_changed_after_signing_is_refused(
    client: Client, provider: RunningOidc, caplog: pytest.LogCaptureFixture
) -> None:
    provider.say("vera", groups=["aws-look"])
    provider.lie("vera", added={"groups": ["aws-gas"]})
    assert come(client, provider, "vera").status_code == 401
    assert "Signature verification failed" in caplog.text
    assert not User.objects.filter(username="vera").exists()


def test_a_provider_that_calls_itself_otherwise_is_refused(
    client: Client, provider: RunningOidc, settings: Any
) -> None:
    settings.OIDC_ISSUER = provider.issuer.replace("127.0.0.1", "localhost")
    provider.say("gus", groups=["aws-gas"])
    assert come(client, provider, "gus").status_code == 401


def test_an_answer_works_once_and_only_where_the_sign_in_began(client: Client, provider: RunningOidc) -> None:
    provider.say("gus", groups=["aws-gas"])
    back = provider.sign_in(client.get("/sso/oidc/login/")["Location"], "gus")
    thief = Client()
    assert thief.get(back).status_code == 401
    assert client.get(back).status_code == 302
    assert client.get(back).status_code == 401
    assert not is_in(thief)


def test_what_stands_in_the_address_does_not_change_what_is_asked_for(client: Client, provider: RunningOidc) -> None:
    query = "?scope=write&auth_params=nonce%3Dmine%26redirect_uri%3Dhttps%3A%2F%2Fevil.example"
    asked = client.get(f"/sso/oidc/login/{query}")["Location"]
    assert "evil" not in asked
    assert "write" not in asked
    assert "nonce=mine" not in asked
    assert "code_challenge_method=S256" in asked


def test_a_deactivated_person_stays_out(client: Client, provider: RunningOidc) -> None:
    provider.say("gus", groups=["aws-gas"])
    come(client, provider, "gus")
    User.objects.filter(username="gus").update(is_active=False)
    again = Client()
    come(again, provider, "gus")
    assert not is_in(again)


def test_the_second_factor_is_the_provider_s_affair(client: Client, provider: RunningOidc, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    provider.say("gus", groups=["aws-gas"])
    come(client, provider, "gus")
    assert is_in(client)


def test_a_password_is_not_set_for_who_comes_by_single_sign_on(client: Client, provider: RunningOidc) -> None:
    provider.say("gus", groups=["aws-gas"])
    come(client, provider, "gus")
    gus = User.objects.get(username="gus")
    ada = Client()
    ada.force_login(factories.person("ada", "GAS admin"))
    values = {"password1": "another long password", "password2": "another long password"}
    assert ada.post(f"/admin/auth/user/{gus.pk}/password/", values).status_code == 403
