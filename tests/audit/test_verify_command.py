"""`manage.py audit_verify` says whether the record holds."""

import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit import sealing
from audit.models import Event, Seal
from audit.services import Actor, record_event

pytestmark = pytest.mark.django_db(transaction=True)


def three_events() -> None:
    for number in range(3):
        record_event(
            actor=Actor.system("test"), action="thing.done", summary=f"Thing {number}.", target_kind="thing",
            target_id=number,
        )  # fmt: skip
    for _ in range(200):  # a transaction that is open anywhere on the server holds the sealing back
        sealing.seal()
        if Seal.objects.count() == Event.objects.count():
            return
        time.sleep(0.1)
    pytest.fail("The events were not sealed.")


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
