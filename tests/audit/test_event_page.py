"""The page of one event: what was and what became, line by line."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.services import Actor, record_event
from tests.portal import factories
from vending.choices import RunStatus, StepStatus
from vending.models import Account, AccountRequest, Run

pytestmark = pytest.mark.django_db


def test_an_event_says_what_was_and_what_became_in_lines_of_plain_text(client):
    event = record_event(
        actor=Actor.system("test"), action="account.changed", summary="It was changed.", target_kind="account",
        target_id=1, before={"cost_center": "4711"}, after={"cost_center": "<b>9999", "steps": ["tags"]},
    )  # fmt: skip
    client.force_login(factories.person("ada", "Auditor"))
    page = client.get(reverse("admin:audit_event_change", args=[event.pk])).content.decode()
    assert "cost center: 4711" in page
    assert "steps: [&quot;tags&quot;]<br>cost center: &lt;b&gt;9999" in page  # PostgreSQL keeps the shorter name first


@pytest.fixture
def event(db):
    """It names a request and an account that are there, and a run that is not."""
    row = factories.request(1)
    account = factories.account(row, 1)
    return record_event(
        actor=Actor.system("test"), action="account.changed", summary="It was changed.", target_kind="account",
        target_id=account.pk, ticket=row.ticket, account_id=account.account_id, run_id=404,
    )  # fmt: skip


def link_to(row):
    return f'href="{reverse(f"admin:vending_{row._meta.model_name}_change", args=[row.pk])}"'


def test_an_event_leads_to_the_rows_it_names_where_there_are_any(client, event):
    client.force_login(factories.person("ada", "Auditor"))
    with CaptureQueriesContext(connection) as seen:
        page = client.get(reverse("admin:audit_event_change", args=[event.pk])).content.decode()
    assert len(seen) <= 12
    assert link_to(AccountRequest.objects.get()) in page
    assert link_to(Account.objects.get()) in page
    assert "/vending/run/404/" not in page


def test_who_may_see_only_events_gets_no_link_from_them(client, event):
    person = factories.person("eve")
    person.user_permissions.set(Permission.objects.filter(codename="view_event"))
    client.force_login(person)
    page = client.get(reverse("admin:audit_event_change", args=[event.pk])).content.decode()
    assert "AVM-1" in page
    assert link_to(AccountRequest.objects.get()) not in page


def history(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_history", args=[row.pk])


def test_the_history_of_a_record_are_the_events_that_name_it(client, event):
    factories.run(AccountRequest.objects.get(), [StepStatus.RUNNING] * 5, RunStatus.RUNNING)
    client.force_login(factories.person("ada", "Auditor"))
    for row, action in ((Account.objects.get(), "account.changed"), (Run.objects.get(), "run.started")):
        shown = client.get(history(row), follow=True).context["cl"].result_list
        assert [each.action for each in shown] == [action]


def test_the_history_of_an_event_is_its_page(client, event):
    client.force_login(factories.person("ada", "Auditor"))
    assert client.get(history(event)).url == reverse("admin:audit_event_change", args=[event.pk])


def test_a_stranger_sees_no_history(client, event):
    client.force_login(factories.person("stranger"))
    assert client.get(history(Account.objects.get())).status_code == 403
