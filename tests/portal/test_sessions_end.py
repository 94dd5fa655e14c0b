"""Sessions that ended leave the database by themselves."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session

from portal.sessions import forget_ended
from taskqueue import clock
from tests.portal import factories

pytestmark = pytest.mark.django_db


def session(key: str, *, hours: int) -> None:
    Session.objects.create(session_key=key, session_data="", expire_date=clock.now() + timedelta(hours=hours))
    person = factories.person(key, "Auditor")
    UserSession.objects.create(user=person, session_key=key, ip="192.0.2.1", user_agent="a browser")


def test_an_ended_session_goes_with_what_was_noted_of_its_browser_and_a_living_one_stays() -> None:
    session("ended", hours=-1)
    session("living", hours=1)
    assert (forget_ended(), forget_ended()) == (1, 0)
    assert Session.objects.get().session_key == UserSession.objects.get().session_key == "living"


def test_the_rounds_do_it() -> None:
    assert "portal.sessions.forget_ended" in settings.SWEEPS
