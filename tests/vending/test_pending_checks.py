"""A check that waits for its turn, comes twice or not at all: told once, never left out, never in heaps."""

from datetime import timedelta

import pytest
from django_q.models import OrmQ

from audit.models import Event
from taskqueue import clock
from tests.vending.people import approve, ask_for
from vending.choices import RequestStatus
from vending.models import AccountRequest, Run
from vending.services import run_preflight
from vending.services.requests import sweep

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("short_baseline")]


@pytest.fixture
def checked(aws, drain) -> AccountRequest:
    row = ask_for("AVM-1")
    drain()
    row.refresh_from_db()
    assert row.status == RequestStatus.AWAITING_APPROVAL
    return row


def lose_messages(*, minutes: int = 2) -> None:
    OrmQ.objects.all().delete()
    AccountRequest.objects.update(changed_at=clock.now() - timedelta(minutes=minutes))


def test_a_check_that_comes_twice_tells_the_ticket_once(checked):
    run_preflight(request_id=checked.pk)
    assert Event.objects.filter(action="request.preflight_passed").count() == 1


def test_an_edit_whose_check_was_lost_is_checked_nevertheless(checked, drain):
    ask_for("AVM-1", email="no address")
    lose_messages()
    assert sweep() == 1
    drain()
    checked.refresh_from_db()
    assert checked.status == RequestStatus.TO_CORRECT


def test_a_corrected_content_whose_check_was_lost_does_not_wait_an_hour(checked, drain):
    ask_for("AVM-1", email="no address")
    drain()
    ask_for("AVM-1")
    lose_messages()
    assert sweep() == 1


def test_a_request_taken_up_again_whose_check_was_lost_is_checked_nevertheless(checked):
    AccountRequest.objects.update(status=RequestStatus.CANCELLED)
    AccountRequest.objects.update(status=RequestStatus.RECEIVED)
    lose_messages()
    assert sweep() == 1


def test_what_was_edited_and_approved_at_once_is_checked_before_it_is_vended(checked, drain):
    approve(ask_for("AVM-1", email="no address"))
    assert not Run.objects.exists()
    drain()
    checked.refresh_from_db()
    assert checked.status == RequestStatus.TO_CORRECT
    assert not Run.objects.exists()


def test_what_was_mended_and_approved_at_once_is_vended_without_another_word_about_the_old_fault(checked, drain):
    ask_for("AVM-1", email="no address")
    drain()
    told = Event.objects.filter(action="request.to_correct").count()
    approve(ask_for("AVM-1"))
    assert Event.objects.filter(action="request.to_correct").count() == told
    drain()
    checked.refresh_from_db()
    assert checked.status == RequestStatus.READY


def test_checks_that_wait_for_aws_do_not_pile_up_in_the_queue(aws):
    ask_for("AVM-1")
    lose_messages()
    assert (sweep(), sweep()) == (1, 0)
    AccountRequest.objects.update(recheck_at=clock.now() - timedelta(seconds=1))
    assert sweep() == 1
