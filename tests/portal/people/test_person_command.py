"""manage.py person: who is made or changed on the command line stands in the record too."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from audit.models import Event
from tests.portal import factories
from tests.portal.people.doors import with_app

pytestmark = pytest.mark.django_db


def test_a_person_made_on_the_command_line_is_in_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda: "a long password for tests")
    call_command("person", "rescue", "--group", "GAS admin")
    event = Event.objects.get(action="person.made")
    assert (event.actor, event.after["groups"]) == ("manage.py person", ["GAS admin"])


def test_a_lost_second_factor_is_removed_and_nothing_else() -> None:
    gus = factories.person("gus", "GAS engineer")
    with_app(gus)
    call_command("person", "gus", "--remove-second-factor")
    assert not Authenticator.objects.filter(user=gus).exists()
    assert [group.name for group in gus.groups.all()] == ["GAS engineer"]


def test_who_has_none_or_is_unknown_is_told_so() -> None:
    factories.person("gus")
    with pytest.raises(CommandError, match="has no second factor"):
        call_command("person", "gus", "--remove-second-factor")
    with pytest.raises(CommandError, match="nobody called"):
        call_command("person", "nobody", "--remove-second-factor")
