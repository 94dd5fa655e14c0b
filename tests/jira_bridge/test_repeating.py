"""A delivery that was ignored or failed can be processed again; one that is too old may be left alone."""

from datetime import timedelta

import pytest

from audit.models import Event
from audit.services import Actor
from jira_bridge import processing, services
from jira_bridge.choices import Source, WebhookStatus
from jira_bridge.models import AcceptedType, WebhookDelivery
from jira_bridge.storing import store_delivery
from taskqueue import clock
from tests.jira_bridge import shapes
from vending.models import AccountRequest
from vending.services import NotAllowed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mapping", "short_baseline")]
GUS = Actor.person("gus")


def store(document) -> WebhookDelivery:
    public_id = store_delivery(source=Source.NATIVE, body=shapes.as_bytes(document), document=document, headers={})
    return WebhookDelivery.objects.get(public_id=public_id)


def again(delivery):
    delivery.refresh_from_db()
    services.process_again(delivery=delivery, actor=GUS)


def test_after_its_type_was_accepted_an_ignored_delivery_makes_its_request(aws, drain):
    delivery = store(shapes.automation(issue_type="Cloud account"))
    drain()
    assert not AccountRequest.objects.exists()
    AcceptedType.objects.create(name="Cloud account")
    again(delivery)
    drain()
    delivery.refresh_from_db()
    assert delivery.status == WebhookStatus.PROCESSED
    assert AccountRequest.objects.get().ticket == "AVM-1"
    assert Event.objects.get(action="webhook.repeated").actor == "gus"


def test_a_processed_delivery_is_not_processed_again(aws, drain):
    delivery = store(shapes.automation())
    drain()
    with pytest.raises(NotAllowed, match="processed"):
        again(delivery)


def test_a_delivery_that_always_breaks_is_failed_after_five_attempts(monkeypatch):
    def broken(document):
        raise RuntimeError("a defect")

    monkeypatch.setattr(processing, "read", broken)
    delivery = store(shapes.automation())
    for _ in range(5):
        with pytest.raises(RuntimeError):
            processing.process(delivery.pk)
        WebhookDelivery.objects.update(lease_until=clock.now() - timedelta(seconds=1))
    assert services.sweep() == 1
    processing.process(delivery.pk)
    delivery.refresh_from_db()
    assert delivery.status == WebhookStatus.FAILED
    assert "RuntimeError" in delivery.reason


def test_what_vending_does_not_allow_fails_at_once_with_its_sentence(drain, monkeypatch):
    monkeypatch.setattr(processing, "receive_request", refuse)
    delivery = store(shapes.automation())
    drain()
    delivery.refresh_from_db()
    assert (delivery.status, delivery.reason) == (WebhookStatus.FAILED, "There is no baseline yet.")
    assert not AccountRequest.objects.exists()


def refuse(**kwargs):
    raise NotAllowed("There is no baseline yet.")


def test_an_old_webhook_is_taken_unless_the_settings_say_otherwise(aws, drain, settings):
    taken = store(shapes.native())
    drain()
    taken.refresh_from_db()
    assert taken.status == WebhookStatus.PROCESSED
    settings.WEBHOOK_MAX_AGE_HOURS = 24
    old = store(shapes.native(updated="2023-11-14T22:20:00.000+0000"))
    fresh = store(shapes.native(key="AVM-2") | {"timestamp": int(clock.now().timestamp() * 1000)})
    drain()
    old.refresh_from_db()
    fresh.refresh_from_db()
    assert (old.status, fresh.status) == (WebhookStatus.IGNORED, WebhookStatus.PROCESSED)
    assert "24 hours" in old.reason
