"""The sweep of deliveries: what is lost goes out again, what only waits its turn is left alone."""

from datetime import timedelta

import pytest
from django_q.models import OrmQ

from audit.choices import DeliveryStatus
from audit.deliveries import sweep
from audit.models import Delivery
from audit.services import Actor, record_event
from taskqueue import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def late() -> list[Delivery]:
    """Three late deliveries of one stream, and one of another."""
    rows = []
    for stream in ("AVM-1", "AVM-1", "AVM-1", "AVM-2"):
        event = record_event(
            actor=Actor.system("test"), action="note.taken", summary="A note.", target_kind="request", target_id=1
        )
        rows.append(
            Delivery.objects.create(
                event=event, subscriber="ticket", stream=stream, due_at=clock.now() - timedelta(seconds=11)
            )
        )
    OrmQ.objects.all().delete()
    return rows


def test_only_the_first_of_each_stream_is_sent_again_and_only_once(late) -> None:
    assert [sweep() for _ in range(4)] == [2, 0, 0, 0]
    assert OrmQ.objects.count() == 2


def test_the_next_of_the_stream_is_sent_again_when_its_turn_has_come(late) -> None:
    sweep()
    Delivery.objects.filter(pk=late[0].pk).update(status=DeliveryStatus.SENT, finished_at=clock.now())
    assert (sweep(), sweep()) == (1, 0)


def test_deliveries_without_a_stream_wait_for_nobody(late) -> None:
    Delivery.objects.update(stream="")
    assert (sweep(), sweep()) == (4, 0)
