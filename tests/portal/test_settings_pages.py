"""What an engineer may set: the mapping, with an event for every change."""

import pytest
from django.test import Client

from audit.models import Event
from jira_bridge.models import FieldMapping
from tests.portal import factories

pytestmark = pytest.mark.django_db
MAPPINGS = "/admin/jira_bridge/fieldmapping/"


def test_an_engineer_maps_a_field_and_the_record_says_so(client: Client) -> None:
    client.force_login(factories.person("gus", "GAS engineer"))
    FieldMapping.objects.filter(field="email").delete()
    row = FieldMapping.objects.create(field="email", jira_id="customfield_10001")
    answer = client.post(f"{MAPPINGS}{row.pk}/change/", {"field": "email", "jira_id": "customfield_10002", "note": ""})
    assert answer.status_code == 302
    event = Event.objects.get(action="fieldmapping.changed")
    assert event.actor == "gus"
    assert (event.before["jira_id"], event.after["jira_id"]) == ("customfield_10001", "customfield_10002")


def test_an_auditor_maps_nothing(client: Client) -> None:
    client.force_login(factories.person("audrey", "Auditor"))
    assert client.get(f"{MAPPINGS}add/").status_code == 403
