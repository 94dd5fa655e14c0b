"""Old bodies go, what tells of them stays; deliveries that need their body keep it."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction

from audit.models import Event
from audit.services import Actor
from jira_bridge.choices import WebhookStatus
from jira_bridge.models import WebhookDelivery
from jira_bridge.pruning import prune
from jira_bridge.services import process_again
from taskqueue import clock
from tests.jira_bridge import shapes
from vending.services import NotAllowed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mapping", "short_baseline")]


@pytest.fixture
def delivery(client, drain):
    """An ignored delivery of a hundred days ago."""
    client.post("/jira/webhook", shapes.as_bytes(shapes.automation(issue_type="Bug")),
                content_type="application/json", headers={"X-API-Key": "test-key-1"})  # fmt: skip
    drain()
    WebhookDelivery.objects.update(processed_at=clock.now() - timedelta(days=100))
    return WebhookDelivery.objects.get()


def test_an_old_body_goes_and_its_hash_and_headers_stay(delivery):
    assert prune() == 1
    row = WebhookDelivery.objects.get()
    assert bytes(row.body) == b""
    assert row.body_removed_at is not None
    assert (row.content_key, row.headers, row.reason) == (delivery.content_key, delivery.headers, delivery.reason)
    assert prune() == 0


def test_a_younger_body_stays(delivery, settings):
    settings.WEBHOOK_KEEP_DAYS = 101
    assert prune() == 0


def test_nothing_goes_where_all_is_kept(delivery, settings):
    settings.WEBHOOK_KEEP_DAYS = 0
    assert prune() == 0


@pytest.mark.parametrize("status", [WebhookStatus.RECEIVED, WebhookStatus.PROCESSING])
def test_a_body_that_is_still_needed_stays(delivery, status):
    WebhookDelivery.objects.update(status=status)
    assert prune() == 0
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        WebhookDelivery.objects.update(body=b"", body_removed_at=clock.now())


def test_the_body_of_a_failed_delivery_goes_as_late_as_any_other(delivery, settings):
    WebhookDelivery.objects.update(status=WebhookStatus.FAILED)
    settings.WEBHOOK_KEEP_DAYS = 101
    assert prune() == 0
    settings.WEBHOOK_KEEP_DAYS = 90
    assert prune() == 1
    with pytest.raises(NotAllowed, match="removed for its age"):
        process_again(delivery=WebhookDelivery.objects.get(), actor=Actor.person("gus"))


def test_a_body_is_never_replaced(delivery):
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        WebhookDelivery.objects.update(body=b"{}", body_removed_at=clock.now())


def test_a_delivery_without_its_body_is_not_processed_again(delivery):
    prune()
    with pytest.raises(NotAllowed, match="removed for its age"):
        process_again(delivery=WebhookDelivery.objects.get(), actor=Actor.person("gus"))


def test_the_same_bytes_are_still_known_as_repeated(delivery, client):
    prune()
    body = shapes.as_bytes(shapes.automation(issue_type="Bug"))
    client.post("/jira/webhook", body, content_type="application/json", headers={"X-API-Key": "test-key-1"})
    assert WebhookDelivery.objects.get().repeats == 1


def test_an_ignored_delivery_writes_no_event(delivery):
    assert delivery.status == WebhookStatus.IGNORED
    assert not Event.objects.filter(action__startswith="webhook.").exists()
