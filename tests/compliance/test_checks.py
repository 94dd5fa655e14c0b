"""Compliance: the same steps, only looking."""

import boto3
import pytest

from audit.models import Event
from audit.services import Actor
from compliance import services
from compliance.choices import FindingStatus
from compliance.models import Finding
from tests.vending.people import approve, ask_for
from vending.choices import AccountOrigin
from vending.models import Account

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(aws, drain) -> Account:
    request = ask_for("AVM-1")
    drain()
    approve(request)
    drain()
    return Account.objects.get()


def test_an_account_just_built_complies_with_every_control(account):
    findings = services.check_account(account_id=account.pk)
    assert {finding.status for finding in findings} == {FindingStatus.COMPLIES}
    assert Finding.objects.count() == len(findings)


def test_looking_changes_nothing_in_aws(aws, account):
    before = len(aws.control.calls())
    services.check_account(account_id=account.pk)
    made = {call["operation"] for call in aws.control.calls()[before:]}
    assert not [name for name in made if name.startswith(("Create", "Put", "Attach", "Tag", "Move", "Delete"))]


def test_what_was_changed_by_hand_is_found_and_told_once(account):
    services.check_account(account_id=account.pk)
    boto3.client("organizations", region_name="eu-central-1").untag_resource(
        ResourceId=account.account_id, TagKeys=["CostCenter"]
    )
    for _ in range(2):
        services.check_account(account_id=account.pk)
    finding = Finding.objects.get(control="tags")
    assert finding.status == FindingStatus.DEVIATES
    assert "CostCenter" in finding.evidence
    assert Event.objects.filter(action="finding.deviates").count() == 1


def test_what_cannot_be_checked_says_so_and_stops_no_other_control(aws, account):
    aws.control.add_fault(kind="error", service="account", code="AccessDeniedException", status=403, times=-1)
    services.check_account(account_id=account.pk)
    assert Finding.objects.get(control="alternate_contacts").status == FindingStatus.UNKNOWN
    assert Finding.objects.get(control="tags").status == FindingStatus.COMPLIES


def test_existing_accounts_are_adopted_once(aws):
    adopted = services.adopt_accounts(actor=Actor.person("gus"))
    assert {"log-archive", "security-tooling"} <= {account.name for account in adopted}
    assert services.adopt_accounts(actor=Actor.person("gus")) == []
    assert set(Account.objects.values_list("origin", flat=True)) == {AccountOrigin.ADOPTED}


def test_an_adopted_account_has_no_request_and_its_controls_say_so(aws):
    services.adopt_accounts(actor=Actor.person("gus"))
    account = Account.objects.get(name="log-archive")
    services.check_account(account_id=account.pk)
    assert Finding.objects.get(control="tags", account=account).status == FindingStatus.NOT_APPLICABLE


def test_the_round_takes_up_each_account_once_a_day(account, drain):
    assert services.sweep() == 1
    assert services.sweep() == 0
    drain()
    assert Finding.objects.filter(account=account).exists()
