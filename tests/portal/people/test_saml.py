"""Signing in through a real SAML identity provider (pysaml2) that runs beside the test."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from saml2.saml import NAMEID_FORMAT_TRANSIENT
from saml2.xmldsig import SIG_RSA_SHA1

from audit.models import Event
from portal.people import sso
from tests.portal.people.doors import is_in
from tests.portal.people.providers.running_saml import XMLSEC, RunningSaml

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.skipif(XMLSEC is None, reason="THE SAML TESTS DID NOT RUN: the identity provider needs xmlsec1"),
]
GROUPS = {"aws-gas": "GAS engineer", "aws-audit": "Auditor"}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSaml]:
    provider = RunningSaml(tmp_path_factory.mktemp("saml"))
    yield provider
    provider.stop()


@pytest.fixture
def provider(running: RunningSaml, settings: Any) -> RunningSaml:
    settings.ALLOWED_HOSTS = ["portal.example.com"]
    settings.SAML_METADATA = f"{running.url}/metadata"
    settings.SSO_GROUPS = GROUPS
    settings.SSO_GROUPS_CLAIM = "groups"
    settings.SOCIALACCOUNT_PROVIDERS = sso.providers(
        oidc_issuer="",
        oidc_client_id="",
        oidc_client_secret="",
        saml_metadata=settings.SAML_METADATA,
        saml_entity_id="",
    )
    running.know(browser().get("/sso/saml/metadata/").content.decode())
    running.say(groups=["aws-gas"], uid=["gus"], mail=["gus@example.com"], givenName=["Gus"])
    return running


def browser() -> Client:
    return Client(headers={"Host": "portal.example.com"})


def begin(client: Client) -> str:
    return str(client.get("/sso/saml/login/")["Location"])


def bring(client: Client, response: str) -> HttpResponse:
    """What the browser does with the identity provider's page: it posts, and follows to where the cookie is."""
    return client.get(client.post("/sso/saml/acs/", {"SAMLResponse": response})["Location"])


def come(client: Client, provider: RunningSaml, **changed: Any) -> HttpResponse:
    return bring(client, provider.answer(begin(client), **changed))


def groups_of(username: str) -> set[str]:
    return {group.name for group in User.objects.get(username=username).groups.all()}


def nobody_came(client: Client, answer: HttpResponse) -> bool:
    shown = "Single sign-on did not work" in answer.content.decode()
    return answer.status_code == 401 and shown and not is_in(client) and not User.objects.exists()


@pytest.mark.parametrize("signed", ["sign_assertion", "sign_response"])
def test_the_first_sign_in_makes_a_user_with_what_the_attribute_maps_to(provider: RunningSaml, signed: str) -> None:
    client = browser()
    signs = {"sign_assertion": False, "sign_response": False} | {signed: True}
    assert come(client, provider, **signs)["Location"] == "/admin/"
    assert is_in(client)
    gus = User.objects.get(username="gus")
    assert groups_of("gus") == {"GAS engineer"}
    assert (gus.email, gus.first_name, gus.is_superuser) == ("gus@example.com", "Gus", False)
    assert Event.objects.get(action="person.made").after["groups"] == ["GAS engineer"]


def test_a_group_taken_away_there_is_taken_away_here_at_the_next_sign_in(provider: RunningSaml) -> None:
    client, later = browser(), browser()
    provider.say(groups=["aws-gas", "aws-audit"], uid=["gus"])
    come(client, provider)
    provider.say(groups=["aws-audit"], uid=["gus"])
    come(later, provider)
    assert groups_of("gus") == {"Auditor"}
    assert is_in(later)
    assert not is_in(client)


def test_without_a_mapped_group_there_is_a_page_that_says_what_to_ask_for(provider: RunningSaml) -> None:
    client = browser()
    provider.say(groups=["something else"], mail=["nadia@example.com"])
    answer = come(client, provider)
    assert answer.status_code == 403
    assert "nadia@example.com" in answer.content.decode()
    assert not is_in(client)
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"sign_assertion": False}, "No Signature found"),
        ({"keys": "rival"}, "Signature validation failed"),
        ({"sp_entity_id": "https://elsewhere.example/metadata"}, "is not a valid audience"),
        ({"lifetime": -20}, "expired"),
        ({"issuer": "https://elsewhere.example/idp"}, "Invalid issuer"),
        ({"destination": "https://elsewhere.example/acs"}, "instead of https://elsewhere.example/acs"),
        ({"in_response_to": None}, "belongs to no sign-in that began in this browser"),
        ({"name_format": NAMEID_FORMAT_TRANSIENT}, "a name that changes at every sign-in"),
        ({"sign_alg": SIG_RSA_SHA1}, "Deprecated signature algorithm"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_an_assertion_that_was_not_made_for_this_sign_in_is_refused(
    provider: RunningSaml, caplog: pytest.LogCaptureFixture, changed: dict[str, Any], reason: str
) -> None:
    client = browser()
    assert nobody_came(client, come(client, provider, **changed))
    assert reason in caplog.text


def test_an_assertion_changed_after_signing_is_refused(provider: RunningSaml) -> None:
    client = browser()
    signed = base64.b64decode(provider.answer(begin(client)))
    changed = signed.replace(b"aws-gas", b"aws-audit")
    assert changed != signed
    assert nobody_came(client, bring(client, base64.b64encode(changed).decode()))


def test_an_assertion_works_once(provider: RunningSaml) -> None:
    client = browser()
    response = provider.answer(begin(client))
    assert bring(client, response).status_code == 302
    client.logout()
    assert bring(client, response).status_code == 401
    assert not is_in(client)


def test_an_assertion_is_remembered_even_where_its_sign_in_is_still_open(provider: RunningSaml) -> None:
    client = browser()
    response = provider.answer(begin(client))
    states = client.session["socialaccount_states"]
    assert bring(client, response).status_code == 302
    session = client.session
    session["socialaccount_states"] = states
    session.save()
    assert bring(client, response).status_code == 401


def test_a_stolen_answer_does_not_sign_in_who_did_not_ask_for_it(provider: RunningSaml) -> None:
    client, thief = browser(), browser()
    response = provider.answer(begin(client))
    begin(thief)
    assert nobody_came(thief, bring(thief, response))


@pytest.mark.parametrize("posted", [{}, {"SAMLResponse": ""}, {"SAMLResponse": "%%%"}, {"SAMLResponse": "bm8geG1s"}])
def test_nonsense_is_refused(provider: RunningSaml, posted: dict[str, str]) -> None:
    client = browser()
    answer = client.get(client.post("/sso/saml/acs/", posted)["Location"])
    assert nobody_came(client, answer)


def test_an_unsigned_request_to_sign_out_is_refused(provider: RunningSaml) -> None:
    client = browser()
    come(client, provider)
    assert client.get("/sso/saml/sls/?SAMLRequest=bm8geG1s").status_code == 403
    assert is_in(client)
