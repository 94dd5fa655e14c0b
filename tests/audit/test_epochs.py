"""After a restore into another cluster, whose transactions count from the start, events are sealed in order again."""

import time

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from audit.epochs import counter_is_behind, current_epoch, raise_epoch
from audit.models import Epoch, Event, Seal
from audit.sealing import seal, verify
from audit.services import Actor, record_event

pytestmark = pytest.mark.django_db(transaction=True)
OPS = Actor.person("olga")
FAR = 10**12
"""A transaction number that this cluster will not reach in a test."""


def happen(summary: str) -> Event:
    return record_event(actor=OPS, action="thing.happened", summary=summary, target_kind="thing", target_id=1)


def restored(summary: str) -> Event:
    """An event as a dump brings it: its transaction belongs to another cluster."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_event (at, actor_kind, actor, action, summary, target_kind, target_id, ticket,"
            " account_id, aws_request_ids, transaction) VALUES (now(), 'person', 'olga', 'thing.happened', %s, 'thing',"
            " 1, '', '', '{}', %s::text::xid8) RETURNING id",
            [summary, str(FAR)],
        )
        return Event.objects.get(pk=cursor.fetchone()[0])


def sealed() -> list[str]:
    return list(Seal.objects.order_by("number").values_list("event__summary", flat=True))


def seal_until(summary: str) -> None:
    """Other databases of the same server may hold the horizon back for a while."""
    limit = time.monotonic() + 30
    while summary not in sealed() and time.monotonic() < limit:
        seal()
        time.sleep(0.05)


def test_events_have_the_first_epoch_from_the_start():
    assert (happen("a").epoch, current_epoch(), counter_is_behind()) == (1, 1, False)


def test_without_a_new_epoch_nothing_of_a_restored_cluster_is_sealed():
    restored("before")
    happen("after")
    seal_until("after")
    assert sealed() == ["after"]
    assert counter_is_behind()


def test_a_raised_epoch_seals_what_was_restored_and_then_what_comes():
    restored("before")
    assert raise_epoch(actor=OPS) == 2
    assert happen("after").epoch == 2
    seal_until("after")
    assert sealed()[0] == "before"
    assert sealed()[-1] == "after"
    assert verify().problem == ""
    assert not counter_is_behind()


def test_raising_is_on_record():
    raise_epoch(actor=OPS)
    event = Event.objects.get(action="epoch.raised")
    assert (event.actor, event.epoch, event.before, event.after) == ("olga", 2, {"epoch": 1}, {"epoch": 2})


def test_the_command_says_what_to_do_and_does_it_when_told(capsys):
    restored("before")
    call_command("audit_epoch")
    assert "audit_epoch --raise" in capsys.readouterr().out
    assert current_epoch() == 1
    call_command("audit_epoch", "--raise")
    assert current_epoch() == 2


def test_the_command_refuses_where_nothing_speaks_for_it():
    with pytest.raises(CommandError, match="nothing has to be done"):
        call_command("audit_epoch", "--raise")
    call_command("audit_epoch", "--raise", "--force")
    assert current_epoch() == 2


def test_an_epoch_is_never_taken_back():
    raise_epoch(actor=OPS)
    with pytest.raises(DatabaseError):
        Epoch.objects.all().delete()
