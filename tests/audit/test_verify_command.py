"""`manage.py audit_verify` says whether the record holds."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit import sealing
from audit.models import Seal
from audit.services import Actor, record_event
from taskqueue import clock

pytestmark = pytest.mark.django_db


def three_events() -> None:
    """Three sealed events. Not by seal(): an open transaction anywhere on the server would hold that back."""
    previous = sealing.ORIGIN
    for number in range(1, 4):
        event = record_event(
            actor=Actor.system("test"), action="thing.done", summary=f"Thing {number}.", target_kind="thing",
            target_id=number,
        )  # fmt: skip
        event.refresh_from_db()
        sealed = sealing.digest(event, previous)
        Seal.objects.create(number=number, event=event, previous_hash=previous, hash=sealed, sealed_at=clock.now())
        previous = sealed


def test_an_untouched_record_holds() -> None:
    three_events()
    out = StringIO()
    call_command("audit_verify", stdout=out)
    assert "The record holds: 3 sealed events" in out.getvalue()


def test_an_altered_event_is_named() -> None:
    three_events()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_event SET summary = 'Nothing happened.' WHERE target_id = 1")
        cursor.execute("ALTER TABLE audit_event ENABLE TRIGGER USER")
    with pytest.raises(CommandError, match="was altered after sealing"):
        call_command("audit_verify")
