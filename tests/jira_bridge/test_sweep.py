"""The sweep finds what no webhook told, in both directions, and makes no doubles."""

import json
import threading

import pytest
from django.db import connection
from django_q.models import OrmQ

from audit.models import Event
from jira_bridge import sweep
from jira_bridge.choices import DivergenceKind, Source, WebhookStatus
from jira_bridge.jira import JiraClient
from jira_bridge.jira.deadline import seconds_left
from jira_bridge.models import Divergence, FieldMapping, Sweep, Ticket, WebhookDelivery
from sandbox.jira.server import SandboxJira
from tests.jira_bridge import world
from vending.choices import Decision, RequestStatus
from vending.models import AccountRequest, Approval, Run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mapping", "short_baseline")]


@pytest.fixture(autouse=True)
def swept(settings, jira) -> None:
    """The portal sweeps, and writes nothing into the tickets."""
    settings.AUDIT_SUBSCRIBERS = {}
    settings.JIRA_SWEEP_JQL = 'project = AVM AND issuetype = "AWS Account"'


@pytest.fixture
def taken_in(aws, jira, drain):
    """A ticket that the portal knows as it stands, awaiting approval."""
    key = world.file_ticket(jira)
    world.sweep_now()
    drain()
    assert AccountRequest.objects.get().status == RequestStatus.AWAITING_APPROVAL
    return key


def found() -> list[str]:
    return list(WebhookDelivery.objects.filter(source=Source.SWEEP).order_by("pk").values_list("ticket", flat=True))


def kinds() -> list[str]:
    return list(Divergence.objects.filter(resolved_at=None).values_list("kind", flat=True))


def test_a_new_ticket_whose_webhook_was_lost_is_taken_in_like_a_webhook(aws, jira, drain):
    key = world.file_ticket(jira)
    row = world.sweep_now()
    drain()
    delivery = WebhookDelivery.objects.get()
    assert (delivery.source, delivery.ticket, delivery.status) == (Source.SWEEP, key, WebhookStatus.PROCESSED)
    assert json.loads(bytes(delivery.body))["webhookEvent"] == "sweep"
    assert AccountRequest.objects.get().account_name == "Payments"
    assert (row.looked_at, row.found, row.problem) == (1, 1, "")
    assert key in Event.objects.get(action="jira.swept").summary


def test_an_approval_whose_webhook_was_lost_vends_and_names_who_gave_it(taken_in, jira, drain):
    world.move(jira, taken_in, "In Progress")
    world.sweep_now()
    drain()
    assert Approval.objects.get().decided_by == "gus@example.com"
    assert AccountRequest.objects.get().status == RequestStatus.READY


def test_an_edit_whose_webhook_was_lost_is_taken_in(taken_in, jira, drain):
    world.edit(jira, taken_in, customfield_10105="9999")
    world.sweep_now()
    drain()
    assert AccountRequest.objects.get().cost_center == "9999"


def test_a_rich_text_has_the_same_content_in_the_webhook_and_in_the_sweep(aws, jira, drain, client):
    key = world.file_ticket(jira, customfield_10108="Payments needs a *sandbox*\n\nwith two lines")
    body = json.dumps(world.as_it_stands(jira, key)).encode()
    client.post("/jira/webhook", body, content_type="application/json", headers={"X-API-Key": "test-key-1"})
    drain()
    world.sweep_now()
    assert found() == []
    assert kinds() == []


def test_a_comment_is_nothing_that_was_lost(taken_in, jira, drain):
    jira.desk.comment(world.people.GUS, jira.desk.issue(taken_in, world.people.BOT), "We look into it.")
    before = len(found())
    world.sweep_now()
    assert len(found()) == before


def test_the_same_state_is_stored_once_however_often_it_is_seen(aws, jira):
    world.file_ticket(jira)
    world.sweep_now()
    world.sweep_now()
    assert len(found()) == 1


def test_all_pages_are_read(aws, jira, monkeypatch):
    monkeypatch.setattr("jira_bridge.jira.reading._PAGE", 2)
    keys = [world.file_ticket(jira, customfield_10101=f"Team {number}") for number in range(5)]
    world.sweep_now()
    assert found() == keys


def test_on_data_center_all_pages_are_read_by_the_classic_search(aws, settings, drain, monkeypatch):
    monkeypatch.setattr("jira_bridge.jira.reading._PAGE", 2)
    monkeypatch.setattr("jira_bridge.jira.reading._OVERLAP", 1)
    with SandboxJira(portal_url="http://127.0.0.1:9", webhook_key="k", automation="off", flavour="datacenter") as site:
        settings.JIRA_BASE_URL, settings.JIRA_FLAVOUR = site.url, "datacenter"
        settings.JIRA_USER, settings.JIRA_API_TOKEN = "", "sandbox-token"
        issues = [
            site.desk.create(world.people.RITA, {"customfield_10101": f"Team {number}"}, "An account")
            for number in range(5)
        ]
        world.sweep_now()
    assert found() == [issue["key"] for issue in issues]


def test_what_one_task_cannot_finish_the_next_message_goes_on_with(aws, jira, monkeypatch, drain):
    monkeypatch.setattr(sweep, "BATCH", 2)
    monkeypatch.setattr(sweep, "SECONDS", -1.0)
    keys = [world.file_ticket(jira, customfield_10101=f"Team {number}") for number in range(5)]
    world.sweep_now()
    assert found() == keys[:2]
    assert OrmQ.objects.count() == 2 + 1 + 1  # the two deliveries, the first message of the sweep, and the next
    monkeypatch.undo()
    sweep.sweep(1)
    assert found() == keys


def test_what_was_read_already_is_not_read_again_by_the_next_message(aws, jira, monkeypatch):
    asked = []
    read = JiraClient.issues_as_sent
    monkeypatch.setattr(JiraClient, "issues_as_sent", lambda client, jql: asked.append(jql) or read(client, jql))
    monkeypatch.setattr(sweep, "SECONDS", -1.0)
    world.file_ticket(jira)
    world.sweep_now()
    sweep.sweep(1)
    first, following = (int(jql.split("updated >= -")[1].split("m")[0]) for jql in asked[:2])
    assert first > 24 * 60
    assert following < 5


def test_a_whole_round_leaves_an_hour_to_be_looked_at_again(aws, jira):
    world.file_ticket(jira)
    row = world.sweep_now()
    assert row.finished_at - row.complete_until >= sweep.OVERLAP


def test_the_calls_of_a_sweep_end_before_the_queue_stops_its_worker(aws, jira, monkeypatch, settings):
    left = []
    monkeypatch.setattr(JiraClient, "issues_as_sent", lambda client, jql: left.append(seconds_left()) or iter(()))
    world.sweep_now()
    assert left[0] < settings.Q_CLUSTER["timeout"] - 5


def test_old_tickets_of_other_times_are_not_taken_up(aws, jira):
    for state in ("Declined", "Canceled"):
        world.move(jira, world.file_ticket(jira), state)
    world.sweep_now()
    assert found() == []


def test_other_issue_types_are_left_alone(aws, jira):
    from jira_bridge.models import AcceptedType

    AcceptedType.objects.update(name="Something else")
    world.file_ticket(jira)
    world.sweep_now()
    assert found() == []


def test_two_hosts_make_no_doubles(aws, jira):
    world.file_ticket(jira)
    assert (sweep.start(), sweep.start()) == (1, 0)
    assert OrmQ.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_store_each_state_once(aws, jira):
    for number in range(3):
        world.file_ticket(jira, customfield_10101=f"Team {number}")
    sweep.start()
    issues = list(sweep.jira_client().issues_as_sent("project = AVM"))
    together = threading.Barrier(2)

    def look() -> None:
        try:
            this = sweep.Round(began=sweep.clock.now())
            together.wait()
            sweep._compare(this, list(sweep._snapshots(issues)))
        finally:
            connection.close()

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found()) == 3
    assert OrmQ.objects.count() == 1 + 3


def test_a_second_sweep_does_not_run_beside_the_first(aws, jira):
    from datetime import timedelta

    from taskqueue import clock

    world.file_ticket(jira)
    assert sweep.start() == 1
    Sweep.objects.update(lease_until=clock.now() + timedelta(seconds=30))
    sweep.sweep(1)
    assert found() == []


def test_nothing_is_swept_without_a_jql(jira, settings):
    settings.JIRA_SWEEP_JQL = ""
    assert sweep.start() == 0
    assert not OrmQ.objects.exists()


def test_a_jira_that_does_not_answer_is_told_and_asked_again(aws, jira, settings):
    world.file_ticket(jira)
    settings.JIRA_SWEEP_JQL = "project = Nowhere OR colour = red"
    row = world.sweep_now()
    assert "colour" in row.problem
    before = row.complete_until
    settings.JIRA_SWEEP_JQL = "project = AVM"
    row = world.sweep_now()
    assert (row.problem, len(found())) == ("", 1)
    assert row.complete_until > before


def test_a_ticket_that_stands_elsewhere_than_its_request_is_a_divergence(taken_in, jira, drain):
    world.move(jira, taken_in, "In Progress")
    world.sweep_now()
    drain()
    world.sweep_now()  # nobody moved the ticket on: the account is ready, the ticket in progress
    row = Divergence.objects.get()
    assert (row.kind, row.jira_status, row.portal_status) == (DivergenceKind.STATUS, "In Progress", "ready")
    world.sweep_now()
    assert Divergence.objects.count() == 1


def test_a_divergence_that_is_gone_is_settled_by_itself(taken_in, jira, drain):
    world.move(jira, taken_in, "In Progress")
    world.sweep_now()
    drain()
    world.sweep_now()
    world.move(jira, taken_in, "In Validation")
    world.sweep_now()
    drain()
    world.sweep_now()
    assert kinds() == []
    assert Divergence.objects.get().resolution == "Ticket and portal agree again."


def test_a_deleted_ticket_is_told_and_not_acted_on(taken_in, jira):
    other = world.file_ticket(jira, customfield_10101="Other", customfield_10102="other@example.com")
    world.sweep_now()
    world.delete(jira, taken_in)
    world.sweep_now()
    assert list(Divergence.objects.values_list("ticket", "kind")) == [(taken_in, DivergenceKind.GONE)]
    assert AccountRequest.objects.get(ticket=taken_in).status == RequestStatus.AWAITING_APPROVAL
    assert Ticket.objects.filter(key=other, compared_at=None).count() == 0


def test_a_ticket_that_got_another_key_is_not_vended_twice(taken_in, jira):
    issue = jira.desk.issue(taken_in, world.people.BOT)
    jira.store.save("issue", {**issue, "key": "AVM-77"})
    world.sweep_now()
    row = Divergence.objects.get()
    assert (row.ticket, row.kind, row.detail) == (taken_in, DivergenceKind.GONE, {"moved_to": "AVM-77"})
    assert AccountRequest.objects.count() == 1


def test_a_field_that_was_mapped_later_shows_as_other_content(taken_in, jira):
    FieldMapping.objects.filter(field="cost_center").update(jira_id="customfield_10108")
    world.sweep_now()
    row = Divergence.objects.get()
    assert (row.kind, row.detail) == (DivergenceKind.CONTENT, {"changes": [["cost_center", "4711", "Card payments"]]})


def test_a_state_that_could_not_be_processed_is_a_divergence_with_the_reason(aws, jira):
    key = world.file_ticket(jira)
    world.sweep_now()
    WebhookDelivery.objects.update(status=WebhookStatus.FAILED, reason="There is no baseline yet.")
    world.sweep_now()
    row = Divergence.objects.get()
    assert (row.ticket, row.kind, row.detail) == (key, DivergenceKind.UNREAD, {"reason": "There is no baseline yet."})


def test_a_withdrawal_whose_webhook_was_lost_is_understood(taken_in, jira, drain):
    world.move(jira, taken_in, "Canceled", world.people.RITA)
    world.sweep_now()
    drain()
    assert AccountRequest.objects.get().status == RequestStatus.CANCELLED
    assert Approval.objects.get().decision == Decision.WITHDRAWN
    assert not Run.objects.exists()
