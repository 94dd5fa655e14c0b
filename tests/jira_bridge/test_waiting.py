"""While Jira does not answer a delivery waits for it, visibly, for a day at most; then what it tells is done once."""

import json
from datetime import timedelta

import pytest

from audit import deliveries
from jira_bridge import processing
from jira_bridge.choices import WebhookStatus
from jira_bridge.models import WebhookDelivery
from sandbox.jira import people
from taskqueue import clock
from tests.jira_bridge import world
from tests.portal import factories
from vending.models import Approval

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws", "mapping", "short_baseline")]


@pytest.fixture
def delivery(client, drain, jira, settings) -> WebhookDelivery:
    """An approval by Greta, whose groups Jira does not tell: it is away."""

    def tell(key: str) -> None:
        body = json.dumps(world.as_it_stands(jira, key)).encode()
        client.post("/jira/webhook", body, content_type="application/json", headers={"X-API-Key": "test-key-1"})

    settings.AUDIT_SUBSCRIBERS = {}
    settings.JIRA_APPROVER_GROUPS = ["account-approvers"]
    key = world.file_ticket(jira)
    tell(key)
    drain()
    world.move(jira, key, "In Progress", people.GRETA)
    jira.faults.order({"kind": "status", "path_contains": "/user/groups", "status": 503, "times": 999})
    tell(key)
    drain()
    return WebhookDelivery.objects.latest("pk")


def try_again(delivery: WebhookDelivery, *, after: timedelta) -> timedelta:
    """Let so much time pass since Jira went away, process, and return the pause until the next attempt."""
    now = clock.now()
    WebhookDelivery.objects.filter(pk=delivery.pk).update(waiting_since=now - after, lease_until=now)
    processing.process(delivery.pk)
    delivery.refresh_from_db()
    return (delivery.lease_until or now) - now


def test_it_outlives_more_than_five_attempts_with_growing_pauses(delivery):
    minutes = [round(try_again(delivery, after=timedelta(minutes=after)).total_seconds() / 60) for after in (0, 4, 10)]
    assert minutes == [1, 2, 5]
    late = [try_again(delivery, after=timedelta(hours=hours)) for hours in (5, 11, 23)]
    assert {round(pause.total_seconds() / 60) for pause in late} == {15}
    assert delivery.status == WebhookStatus.PROCESSING


def test_when_jira_is_back_it_is_processed_once_and_nothing_waits_any_more(delivery, jira, drain):
    try_again(delivery, after=timedelta(hours=20))
    jira.faults.clear()
    try_again(delivery, after=timedelta(hours=20))
    processing.process(delivery.pk)
    assert (delivery.status, delivery.waiting_since) == (WebhookStatus.PROCESSED, None)
    assert Approval.objects.count() == 1


def test_after_a_day_it_is_failed_and_says_so(delivery):
    try_again(delivery, after=timedelta(hours=24))
    assert delivery.status == WebhookStatus.FAILED
    assert delivery.reason.startswith("Given up after 24 hours. Jira is not available for GET")


def test_the_admin_shows_what_waits_and_since_when(delivery, client):
    client.force_login(factories.person("gus", "GAS engineer"))
    page = client.get("/admin/jira_bridge/webhookdelivery/?waiting_since__isempty=0").content.decode()
    assert delivery.ticket in page
    page = client.get(f"/admin/jira_bridge/webhookdelivery/{delivery.pk}/change/").content.decode()
    assert "Waits for Jira since" in page
    assert "It waits for Jira. Jira is not available" in page


def test_messages_to_jira_wait_for_a_day_as_well():
    pauses = [
        min(deliveries.FIRST_RETRY * 2**attempt, deliveries.LONGEST_RETRY) for attempt in range(deliveries.ATTEMPTS)
    ]
    shortest, longest = sum(pauses) / 2, sum(pauses)  # each is shortened by chance, down to its half
    assert shortest > 12 * 3600
    assert (shortest + longest) / 2 == pytest.approx(24 * 3600, rel=0.05)
