"""Checks that take long: no task comes near its limit, nothing that was found is lost, no look hides a newer state."""

from datetime import timedelta

import boto3
import pytest
from django_q.models import OrmQ

from audit.services import Actor
from compliance import services
from compliance.choices import FindingStatus
from compliance.models import AccountCheck, Finding
from compliance.repairs import repair_account
from taskqueue import clock
from tests.vending.people import approve, ask_for
from vending.models import Account
from vending.steps import registry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("short_baseline")]
CONTROLS = 4


@pytest.fixture
def account(aws, drain) -> Account:
    request = ask_for("AVM-1")
    drain()
    approve(request)
    drain()
    return Account.objects.get()


@pytest.fixture
def in_the_look(monkeypatch):
    """Have something happen when the control of the tags has looked, before what it saw is written."""

    def install(happening) -> None:
        tags = registry.BY_NAME["tags"]
        look = tags.look

        def slow(self, context):
            seen = look(self, context)
            monkeypatch.setattr(tags, "look", look)
            happening()
            return seen

        monkeypatch.setattr(tags, "look", slow)

    return install


def untag(account: Account) -> None:
    boto3.client("organizations", region_name="eu-central-1").untag_resource(
        ResourceId=account.account_id, TagKeys=["CostCenter"]
    )


def test_a_round_that_takes_long_goes_on_in_the_next_message(account, drain, monkeypatch):
    monkeypatch.setattr(services, "LOOKS_ON", 0.0)
    services.sweep()
    assert drain() == CONTROLS
    assert Finding.objects.count() == CONTROLS
    assert AccountCheck.objects.get().due_at > clock.now() + timedelta(hours=23)
    assert services.sweep() == 0


def test_what_was_found_before_a_worker_died_stays_and_what_is_left_comes_first(account, drain, in_the_look):
    def die() -> None:
        raise SystemExit

    in_the_look(die)
    services.sweep()
    with pytest.raises(SystemExit):
        drain()
    found = Finding.objects.count()
    assert found > 0
    assert not Finding.objects.filter(control="tags").exists()
    assert next(iter(services._left(account, since=clock.now()))) == "tags"
    AccountCheck.objects.update(due_at=clock.now())
    assert services.sweep() == 1
    drain()
    assert Finding.objects.count() == CONTROLS


def test_a_look_that_began_before_a_repair_ended_is_followed_by_another(account, drain, in_the_look):
    untag(account)
    services.check_account(account_id=account.pk)

    def repair() -> None:
        repair_account(account=account, reason="Somebody removed a tag.", actor=Actor.person("gus"))
        drain()

    in_the_look(repair)
    services.check_account(account_id=account.pk)
    assert Finding.objects.get(control="tags").status == FindingStatus.DEVIATES
    assert services.sweep() == 1
    drain()
    assert Finding.objects.get(control="tags").status == FindingStatus.COMPLIES
    assert services.sweep() == 0


def test_a_look_that_was_overtaken_is_thrown_away(account, in_the_look):
    untag(account)

    def mend_and_look() -> None:
        boto3.client("organizations", region_name="eu-central-1").tag_resource(
            ResourceId=account.account_id, Tags=[{"Key": "CostCenter", "Value": account.request.cost_center}]
        )
        services.check_account(account_id=account.pk)

    in_the_look(mend_and_look)
    services.check_account(account_id=account.pk)
    assert Finding.objects.get(control="tags").status == FindingStatus.COMPLIES
    assert not OrmQ.objects.exists()
