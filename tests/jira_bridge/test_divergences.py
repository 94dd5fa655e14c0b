"""Reconciling: each kind does what is right for it, only for who may, and the record says who did."""

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from audit.models import Event
from audit.services import Actor
from jira_bridge import divergences
from jira_bridge.choices import DivergenceKind, WebhookStatus
from jira_bridge.jira import JiraClient
from jira_bridge.jira.deadline import seconds_left
from jira_bridge.models import Divergence, FieldMapping, WebhookDelivery
from taskqueue import clock
from tests.jira_bridge import world
from vending.choices import RequestStatus
from vending.models import AccountRequest, Approval
from vending.services import NotAllowed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mapping", "short_baseline")]
GUS = Actor.person("gus")


@pytest.fixture(autouse=True)
def swept(settings, jira) -> None:
    settings.AUDIT_SUBSCRIBERS = {}
    settings.JIRA_SWEEP_JQL = "project = AVM"


@pytest.fixture
def key(aws, jira, drain):
    """A ticket that the portal knows as it stands, awaiting approval."""
    key = world.file_ticket(jira)
    world.sweep_now()
    drain()
    return key


def the_open_one() -> Divergence:
    return Divergence.objects.get(resolved_at=None)


def test_a_ticket_that_stands_elsewhere_is_moved(key, jira, drain):
    world.move(jira, key, "In Progress")
    world.sweep_now()
    drain()
    world.sweep_now()
    row = the_open_one()
    divergences.reconcile(divergence=row, actor=GUS)
    assert world.status(jira, key) == "In Validation"
    row.refresh_from_db()
    assert row.resolution == "The ticket was moved to “In Validation”. (gus)"
    event = Event.objects.get(action="divergence.reconciled")
    assert (event.actor, event.ticket, event.before["jira"]) == ("gus", key, "In Progress")
    drain()
    world.sweep_now()
    assert not Divergence.objects.filter(resolved_at=None).exists()


def test_two_people_who_press_at_once_do_it_once(key, jira, drain):
    world.move(jira, key, "In Progress")
    world.sweep_now()
    drain()
    world.sweep_now()
    hers, his = the_open_one(), the_open_one()
    divergences.reconcile(divergence=hers, actor=GUS)
    with pytest.raises(NotAllowed, match="settled already"):
        divergences.reconcile(divergence=his, actor=GUS)
    assert Event.objects.filter(action="divergence.reconciled").count() == 1


def test_a_page_does_not_wait_a_minute_for_jira(key, monkeypatch):
    left = []
    answer = {"key": key, "fields": {}}
    monkeypatch.setattr(JiraClient, "issue_as_sent", lambda client, _: left.append(seconds_left()) or answer)
    row = Divergence.objects.create(ticket=key, kind=DivergenceKind.UNREAD, noticed_at=clock.now(), seen_at=clock.now())
    divergences.reconcile(divergence=row, actor=GUS)
    assert left[0] <= 20


def test_a_way_that_the_workflow_does_not_have_is_said_and_nothing_is_settled(key, jira, drain):
    world.move(jira, key, "In Progress")
    world.sweep_now()
    drain()
    world.move(jira, key, "In Validation")
    world.move(jira, key, "Done")
    AccountRequest.objects.all()
    Divergence.objects.create(
        ticket=key, kind=DivergenceKind.STATUS, jira_status="Done", portal_status="ready",
        noticed_at=AccountRequest.objects.get().changed_at, seen_at=AccountRequest.objects.get().changed_at,
    )  # fmt: skip
    with pytest.raises(NotAllowed, match="reachable"):
        divergences.reconcile(divergence=the_open_one(), actor=GUS)
    assert the_open_one().resolution == ""
    assert not Event.objects.filter(action="divergence.reconciled").exists()


def test_a_ticket_that_could_not_be_taken_in_is_read_again(aws, jira, drain):
    key = world.file_ticket(jira)
    world.sweep_now()
    WebhookDelivery.objects.update(status=WebhookStatus.FAILED, reason="Not processed in 5 attempts.")
    world.sweep_now()
    divergences.reconcile(divergence=the_open_one(), actor=GUS)
    drain()
    assert AccountRequest.objects.get(ticket=key).account_name == "Payments"


def test_other_content_is_taken_in(key, jira, drain):
    FieldMapping.objects.filter(field="cost_center").update(jira_id="customfield_10101")
    world.sweep_now()
    assert the_open_one().kind == DivergenceKind.CONTENT
    divergences.reconcile(divergence=the_open_one(), actor=GUS)
    drain()
    assert AccountRequest.objects.get().cost_center == "Payments"
    world.sweep_now()
    assert not Divergence.objects.filter(resolved_at=None).exists()


def test_the_request_of_a_deleted_ticket_is_withdrawn_by_who_reconciles(key, jira, drain):
    world.delete(jira, key)
    world.sweep_now()
    divergences.reconcile(divergence=the_open_one(), actor=GUS)
    drain()
    assert AccountRequest.objects.get().status == RequestStatus.CANCELLED
    assert Approval.objects.get().decided_by == "gus"
    event = Event.objects.get(action="request.cancelled")
    assert (event.actor_kind, event.actor) == ("person", "gus")


def test_a_ticket_that_jira_shows_again_is_not_withdrawn(key, jira):
    now = AccountRequest.objects.get().changed_at
    Divergence.objects.create(ticket=key, kind=DivergenceKind.GONE, noticed_at=now, seen_at=now)
    with pytest.raises(NotAllowed, match="shows the ticket again"):
        divergences.reconcile(divergence=the_open_one(), actor=GUS)


def test_what_is_settled_is_not_reconciled_twice(key, jira, drain):
    world.delete(jira, key)
    world.sweep_now()
    row = the_open_one()
    divergences.reconcile(divergence=row, actor=GUS)
    row.refresh_from_db()
    with pytest.raises(NotAllowed, match="settled already"):
        divergences.reconcile(divergence=row, actor=GUS)


def sign_in(client, name: str, group: str) -> None:
    person = User.objects.create_user(name, is_staff=True)
    person.groups.add(Group.objects.get(name=group))
    client.force_login(person)


def test_an_engineer_reconciles_with_one_click_of_the_list(key, jira, drain, client):
    world.move(jira, key, "In Progress")
    world.sweep_now()
    drain()
    world.sweep_now()
    sign_in(client, "gus", "GAS engineer")
    page = client.get(reverse("admin:jira_bridge_divergence_changelist")).content.decode()
    address = reverse("admin:jira_bridge_divergence_operation", args=[the_open_one().pk, "reconcile"])
    assert f'formmethod="post" formaction="{address}"' in page
    assert "The ticket stands at “In Progress” (Approved)." in page
    assert "The request is “Ready”." in page
    assert client.post(address).status_code == 302
    assert world.status(jira, key) == "In Validation"


def test_an_auditor_sees_both_sides_and_may_not_reconcile(key, jira, client):
    world.delete(jira, key)
    world.sweep_now()
    sign_in(client, "olga", "Auditor")
    page = client.get(reverse("admin:jira_bridge_divergence_changelist")).content.decode()
    address = reverse("admin:jira_bridge_divergence_operation", args=[the_open_one().pk, "reconcile"])
    assert "There is no such ticket" in page
    assert address not in page
    assert client.post(address).status_code == 403
    assert the_open_one().resolved_at is None


def test_a_stranger_sees_nothing(key, client):
    client.force_login(User.objects.create_user("sam", is_staff=True))
    assert client.get(reverse("admin:jira_bridge_divergence_changelist")).status_code == 403


def test_the_page_says_that_all_agree_or_that_nothing_was_compared(key, client):
    sign_in(client, "gus", "GAS engineer")
    page = client.get(reverse("admin:jira_bridge_divergence_changelist")).content.decode()
    assert "Ticket and portal agree everywhere." in page
    from jira_bridge.models import Sweep

    Sweep.objects.all().delete()
    page = client.get(reverse("admin:jira_bridge_divergence_changelist")).content.decode()
    assert "nothing was compared" in page


def test_the_page_needs_few_queries_however_many_rows_it_has(key, client, django_assert_max_num_queries):
    now = AccountRequest.objects.get().changed_at
    Divergence.objects.bulk_create(
        Divergence(ticket=f"AVM-{n}", kind=DivergenceKind.STATUS, jira_status="Done", portal_status="ready",
                   noticed_at=now, seen_at=now, request=AccountRequest.objects.get())
        for n in range(100, 140)
    )  # fmt: skip
    sign_in(client, "gus", "GAS engineer")
    with django_assert_max_num_queries(12):
        client.get(reverse("admin:jira_bridge_divergence_changelist"))
