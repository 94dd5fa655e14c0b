"""The inspector in the admin: who sees it, who maps a field, and what the page never shows."""

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import Event
from jira_bridge.choices import Source, WebhookStatus
from jira_bridge.jira_fields import remember
from jira_bridge.models import FieldMapping, JiraField, WebhookDelivery
from jira_bridge.processing import process
from jira_bridge.storing import store_delivery
from tests.jira_bridge import shapes
from tests.portal.factories import person
from vending.models import AccountRequest

pytestmark = pytest.mark.django_db
UNKNOWN = "customfield_55555"


@pytest.fixture
def delivery():
    document = shapes.native(**{UNKNOWN: "CC-4711", "customfield_66666": '<script>alert("x")</script>'})
    body = shapes.as_bytes(document)
    headers = {"X-API-Key": "test-key-1", "X-Hub-Signature": "sha256=abc", "User-Agent": "Atlassian"}
    store_delivery(source=Source.NATIVE, body=body, document=document, headers=headers)
    return WebhookDelivery.objects.get()


@pytest.fixture
def engineer(client):
    client.force_login(person("gus", "GAS engineer"))
    return client


@pytest.fixture
def auditor(client):
    client.force_login(person("audrey", "Auditor"))
    return client


def page(delivery):
    return reverse("admin:jira_bridge_webhookdelivery_change", args=[delivery.pk])


def question(delivery, jira_id=UNKNOWN):
    return reverse("admin:jira_bridge_webhookdelivery_map", args=[delivery.pk, jira_id])


def test_the_page_shows_each_field_escaped_with_at_most_twelve_queries(engineer, delivery, mapping):
    with CaptureQueriesContext(connection) as seen:
        shown = engineer.get(page(delivery)).content.decode()
    assert len(seen) <= 12, [query["sql"][:120] for query in seen]
    assert "payments@example.com" in shown
    assert "&lt;script&gt;alert" in shown
    assert "<script>alert" not in shown


def test_the_page_shows_no_secret_of_the_headers(engineer, delivery):
    shown = engineer.get(page(delivery)).content.decode()
    assert "Atlassian" in shown
    assert not [secret for secret in ("test-key-1", "sha256=abc") if secret in shown]


def test_a_field_is_mapped_by_one_question_and_one_answer(engineer, delivery):
    remember([{"id": UNKNOWN, "name": "Kostenstelle", "schema": {"type": "string"}}])
    assert question(delivery) in engineer.get(page(delivery)).content.decode()
    asked = engineer.get(question(delivery)).content.decode()
    assert '<option value="cost_center" selected>' in asked
    assert not FieldMapping.objects.exists()
    answer = engineer.post(question(delivery), {"field": "cost_center"})
    assert answer["Location"] == page(delivery)
    assert FieldMapping.objects.get(field="cost_center").jira_id == UNKNOWN
    event = Event.objects.get(action="fieldmapping.added")
    assert (event.actor, event.after["note"]) == ("gus", "Kostenstelle")
    assert question(delivery) not in engineer.get(page(delivery)).content.decode()


def test_the_answer_says_what_to_do_next(engineer, delivery):
    WebhookDelivery.objects.update(status=WebhookStatus.FAILED)
    answer = engineer.post(question(delivery), {"field": "cost_center"})
    (said,) = [str(message) for message in get_messages(answer.wsgi_request)]
    assert said == f"“Cost center” is now read from {UNKNOWN}. Press “Process again” to read this delivery with it."


def test_a_field_of_ours_can_be_taken_from_another_field_of_jira(engineer, delivery, mapping):
    assert "Cost center (now customfield_10105)" in engineer.get(question(delivery)).content.decode()
    engineer.post(question(delivery), {"field": "cost_center"})
    event = Event.objects.get(action="fieldmapping.changed")
    assert (event.before["jira_id"], event.after["jira_id"]) == ("customfield_10105", UNKNOWN)


def test_an_auditor_sees_the_fields_and_maps_none(auditor, delivery):
    assert question(delivery) not in auditor.get(page(delivery)).content.decode()
    assert auditor.get(question(delivery)).status_code == 403
    assert auditor.post(question(delivery), {"field": "cost_center"}).status_code == 403
    assert not FieldMapping.objects.exists()


@pytest.mark.parametrize("jira_id", ["customfield_1", "customfield_10105", "status", "no field"])
def test_only_an_unmapped_field_of_the_delivery_can_be_mapped(engineer, delivery, mapping, jira_id):
    assert engineer.post(question(delivery, jira_id), {"field": "owner"}).status_code == 404


@pytest.mark.parametrize("chosen", ["", "is_superuser"])
def test_what_is_none_of_our_fields_is_refused(engineer, delivery, chosen):
    answer = engineer.post(question(delivery), {"field": chosen})
    assert 'role="alert"' in answer.content.decode()
    assert not FieldMapping.objects.exists()


def test_nothing_is_chosen_beforehand_where_the_name_says_nothing(engineer, delivery, mapping):
    asked = engineer.get(question(delivery, "customfield_66666")).content.decode()
    assert "selected" not in asked or '<option value="" selected>' in asked


def test_the_names_are_read_by_a_button_and_stay_when_jira_is_away(engineer, delivery, jira, settings):
    ask = reverse("admin:jira_bridge_webhookdelivery_operation", args=[delivery.pk, "names"])
    assert engineer.get(ask).status_code == 200
    assert not JiraField.objects.exists()
    engineer.post(ask)
    assert "Cost center" in engineer.get(page(delivery)).content.decode()
    settings.JIRA_BASE_URL = "http://127.0.0.1:9"
    answer = engineer.post(ask, follow=True).content.decode()
    assert "Jira is not available" in answer
    assert "Cost center" in answer


@pytest.mark.parametrize(("given", "kept"), [(" customfield_1 ", True), ("customfield_x", False), ("a b", False)])
def test_the_form_of_a_mapping_takes_only_what_can_be_a_field(engineer, given, kept):
    engineer.post(reverse("admin:jira_bridge_fieldmapping_add"), {"field": "owner", "jira_id": given, "note": ""})
    assert FieldMapping.objects.filter(jira_id="customfield_1").exists() == kept


def test_the_custom_data_is_a_page_to_copy_from(engineer, mapping):
    shown = engineer.get(reverse("admin:jira_bridge_fieldmapping_custom_data")).content.decode()
    assert "{{issue.customfield_10101.asJsonString}}" in shown


def test_a_stranger_sees_no_custom_data(client, mapping):
    client.force_login(person("stranger"))
    assert client.get(reverse("admin:jira_bridge_fieldmapping_custom_data")).status_code == 403


def test_a_delivery_that_failed_for_its_mapping_is_mapped_and_processed_again(engineer, mapping):
    FieldMapping.objects.filter(field="cost_center").delete()
    document = shapes.native(status="Waiting for approval", customfield_10105=None, **{UNKNOWN: "CC-4711"})
    store_delivery(source=Source.NATIVE, body=shapes.as_bytes(document), document=document, headers={})
    delivery = WebhookDelivery.objects.get()
    WebhookDelivery.objects.update(status=WebhookStatus.IGNORED, reason="not mapped")
    engineer.post(question(delivery), {"field": "cost_center"})
    engineer.post(reverse("admin:jira_bridge_webhookdelivery_operation", args=[delivery.pk, "again"]))
    process(delivery.pk)
    assert AccountRequest.objects.get(ticket="AVM-1").cost_center == "CC-4711"
