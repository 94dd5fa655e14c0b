"""What happens when two people press at the same moment: each gets a sentence, and one of them their way."""

import pytest

from audit.services import Actor
from tests.portal import factories
from tests.vending.at_once import meet
from vending.baselines.document import check
from vending.choices import RequestStatus
from vending.models import Account, Baseline, Closing
from vending.selectors import active_baseline
from vending.services import NotAllowed, ask_to_close, confirm_closing, withdraw_closing
from vending.services.baselines import activate_baseline, make_baseline

pytestmark = pytest.mark.django_db(transaction=True)
GUS, GINA, GREG = Actor.person("gus"), Actor.person("gina"), Actor.person("greg")


@pytest.fixture
def account() -> Account:
    return factories.account(factories.request(1, RequestStatus.READY), 1)


def ask(account: Account) -> None:
    ask_to_close(account=account, reason="The project ended.", actor=GUS)


def test_two_wishes_at_once_are_one_wish_and_a_sentence(account):
    again = Account.objects.get()
    said = meet(lambda: ask(account), lambda: ask(again))
    assert isinstance(said, NotAllowed)
    assert Closing.objects.count() == 1


def test_who_confirms_what_was_withdrawn_at_that_moment_closes_nothing_and_is_told(account):
    ask(account)
    again = Account.objects.get()
    said = meet(
        lambda: withdraw_closing(account=account, actor=GREG), lambda: confirm_closing(account=again, actor=GINA)
    )
    assert isinstance(said, NotAllowed)
    assert not account.runs.exists()


def test_who_withdraws_what_was_confirmed_at_that_moment_is_told(account):
    ask(account)
    again = Account.objects.get()
    said = meet(
        lambda: confirm_closing(account=account, actor=GINA), lambda: withdraw_closing(account=again, actor=GREG)
    )
    assert isinstance(said, NotAllowed)
    assert Closing.objects.get().withdrawn_by == ""


def version_with(*, tags: bool) -> Baseline:
    document = check({"steps": {"create_account": {}, "account_ready": {}, "tags": {"enabled": tags}}})
    return make_baseline(document=document, note=f"Tags: {tags}", actor=GUS)[0]


def test_two_versions_made_at_once_have_two_numbers():
    second = meet(lambda: version_with(tags=False), lambda: version_with(tags=True))
    assert isinstance(second, Baseline)
    assert list(Baseline.objects.order_by("version").values_list("version", flat=True)) == [1, 2, 3]


def test_who_activates_beside_somebody_else_must_look_again():
    first, mine, theirs = active_baseline(), version_with(tags=False), version_with(tags=True)
    said = meet(
        lambda: activate_baseline(baseline=theirs, reason="Theirs.", actor=GREG, instead_of=first),
        lambda: activate_baseline(baseline=mine, reason="Mine.", actor=GUS, instead_of=first),
    )
    assert isinstance(said, NotAllowed)
    assert active_baseline() == theirs
