"""The rows of benchmarks/seed.py are rows that the portal itself could have written."""

import pytest
from django.db.models import Count, F, Q

from audit.models import Event
from audit.sealing import verify
from benchmarks.seed import Sizes, seed
from vending.choices import OPEN_RUN, RequestStatus, RunStatus, StepStatus
from vending.models import Account, AccountRequest, LeadTime, Run, StackSetPlace, StepRun

pytestmark = pytest.mark.django_db(transaction=True)
SMALL = Sizes(accounts=100, requests=200, steps=2000, events=2000, sealed=500)


def test_the_rows_fit_together() -> None:
    seed(SMALL)
    assert Account.objects.count() == 100
    assert AccountRequest.objects.count() == 200
    assert Event.objects.count() == 2000
    assert StepRun.objects.count() == pytest.approx(2000, rel=0.05)
    assert verify().problem == ""
    ready = AccountRequest.objects.filter(status=RequestStatus.READY)
    assert ready.exclude(account__ready_at=F("lead_time__ready_at")).count() == 0
    assert ready.exclude(runs__status=RunStatus.SUCCEEDED).count() == 0
    assert LeadTime.objects.count() == ready.count() > 0
    assert set(AccountRequest.objects.values_list("status", flat=True)) == set(RequestStatus.values)
    undone = Run.objects.annotate(open=Count("steps", filter=~Q(steps__status=StepStatus.SUCCEEDED)))
    assert not undone.filter(status=RunStatus.SUCCEEDED, open__gt=0).exists()
    assert not undone.filter(status__in=OPEN_RUN, open=0).exists()
    assert StackSetPlace.objects.count() > 0


def test_a_database_in_use_is_never_seeded() -> None:
    seed(SMALL)
    with pytest.raises(SystemExit, match="has requests already"):
        seed(SMALL)


def test_the_next_request_meets_no_seeded_one() -> None:
    from tests.portal import factories

    seed(SMALL)
    assert factories.request(9000).pk == 201
