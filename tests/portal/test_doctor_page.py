"""The doctor's page: who may see it, who may ask, and what it shows while and after a look."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from audit.services import Actor
from portal.doctor import examination, services
from portal.doctor.check import Check
from portal.doctor.examination import Side
from portal.doctor.finding import failed, ok
from portal.doctor.models import Examination
from tests.portal import factories
from vending.services import NotAllowed

pytestmark = pytest.mark.django_db
PAGE = "/admin/portal/examination/"


@pytest.fixture(autouse=True)
def two_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    checks = [
        Check("one", lambda: [ok("one", "is <b>well</b>")]),
        Check("two", lambda: [failed("two", "is broken", "Mend it.")]),
    ]
    monkeypatch.setattr(examination, "SIDES", (Side("aws", "AWS", lambda: checks),))


@pytest.fixture
def gus(client: Client) -> Client:
    client.force_login(factories.person("gus", "GAS engineer"))
    return client


@pytest.fixture
def audrey(client: Client) -> Client:
    client.force_login(factories.person("audrey", "Auditor"))
    return client


def test_the_empty_page_says_what_the_doctor_does(gus: Client) -> None:
    page = gus.get(PAGE).content.decode()
    assert "Nobody has had the doctor look yet." in page
    assert "Look now" in page


def test_an_engineer_asks_and_a_worker_looks(gus: Client, drain: Any) -> None:
    answer = gus.post(f"{PAGE}ask/", follow=True).content.decode()
    assert "gus asked" in answer
    assert 'data-open="yes"' in answer
    drain()
    page = gus.get(PAGE).content.decode()
    assert 'data-open="no"' in page
    assert "Mend it." in page
    assert "is &lt;b&gt;well&lt;/b&gt;" in page
    assert "1 failed" in page
    assert Event.objects.get(action="doctor.asked").actor == "gus"


def test_an_auditor_reads_the_result_and_cannot_ask(audrey: Client, drain: Any) -> None:
    services.ask(actor=Actor.person("gus"))
    drain()
    page = audrey.get(PAGE).content.decode()
    assert "Mend it." in page
    assert "Look now" not in page
    assert audrey.post(f"{PAGE}ask/").status_code == 403


@pytest.mark.parametrize("place", ["", "live/"])
def test_a_person_in_no_group_sees_nothing(client: Client, place: str) -> None:
    client.force_login(factories.person("stranger"))
    assert client.get(f"{PAGE}{place}").status_code == 403
    assert client.post(f"{PAGE}ask/").status_code == 403


@pytest.mark.parametrize("place", ["", "live/", "ask/"])
def test_nobody_gets_in_without_signing_in(client: Client, place: str) -> None:
    assert client.get(f"{PAGE}{place}").status_code == 302


def test_looking_is_asked_for_by_post_only(gus: Client) -> None:
    assert gus.get(f"{PAGE}ask/").status_code == 405
    assert not Examination.objects.exists()


def test_a_second_ask_waits_for_the_first(gus: Client, drain: Any) -> None:
    services.ask(actor=Actor.person("gus"))
    with pytest.raises(NotAllowed, match="looking already"):
        services.ask(actor=Actor.person("greta"))
    drain()
    services.ask(actor=Actor.person("greta"))


def test_an_ask_that_was_lost_may_be_repeated() -> None:
    services.ask(actor=Actor.person("gus"))
    Examination.objects.update(asked_at=services.clock.now() - services.PATIENCE)
    services.ask(actor=Actor.person("greta"))
    assert Examination.objects.get().asked_by == "greta"


def test_a_message_that_comes_twice_looks_once(drain: Any) -> None:
    services.ask(actor=Actor.person("gus"))
    drain()
    finished = Examination.objects.get().finished_at
    services.look()
    assert Examination.objects.get().finished_at == finished


def test_a_look_that_nobody_takes_up_says_what_to_do(gus: Client) -> None:
    services.ask(actor=Actor.person("gus"))
    Examination.objects.update(asked_at=services.clock.now() - services.PATIENCE / 2)
    assert "No worker has answered yet." in gus.get(PAGE).content.decode()


def test_the_result_is_in_the_language_of_who_asked(monkeypatch: Any, drain: Any) -> None:
    from django.utils.translation import get_language

    check = Check("one", lambda: [ok("one", str(get_language()))])
    monkeypatch.setattr(examination, "SIDES", (Side("aws", "AWS", lambda: [check]),))
    services.ask(actor=Actor.person("gus"), language="de")
    drain()
    assert Examination.objects.get().findings[0]["seen"] == "de"


def test_the_page_is_in_the_sidebar_of_those_who_may_open_it(gus: Client) -> None:
    assert PAGE in gus.get("/admin/").content.decode()


def test_the_page_needs_few_queries(gus: Client) -> None:
    with CaptureQueriesContext(connection) as seen:
        gus.get(PAGE)
    assert len(seen) <= 12
