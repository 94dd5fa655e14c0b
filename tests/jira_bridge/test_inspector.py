"""A delivery taken apart: what came, what it is mapped to, what became of it."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jira_bridge.choices import Source
from jira_bridge.inspector import inspect
from jira_bridge.jira_fields import remember
from jira_bridge.kinds import Kind
from jira_bridge.models import FieldMapping, WebhookDelivery
from taskqueue import clock
from tests.jira_bridge import shapes
from tests.jira_bridge.test_values import ANY_JSON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mapping")]


def delivery(document, **values):
    body = document if isinstance(document, bytes) else shapes.as_bytes(document)
    return WebhookDelivery(source=Source.NATIVE, body=body, received_at=clock.now(), **values)


def row(document, jira_id):
    return inspect(delivery(document)).field_of(jira_id)


def test_a_mapped_field_shows_what_came_and_what_became_of_it():
    found = row(shapes.native(customfield_10102="AWS@Example.COM "), "customfield_10102")
    (use,) = found.uses
    assert (found.short, found.kind) == ("AWS@Example.COM", Kind.TEXT)
    assert (use.field.value, use.cleaned, use.faults) == ("email", "aws@example.com", [])


def test_a_fault_stands_at_its_field():
    (use,) = row(shapes.native(customfield_10102="aws at example"), "customfield_10102").uses
    assert "cannot be used" in use.faults[0]


def test_a_field_has_the_name_and_kind_that_jira_gave_it():
    select = {"type": "option", "custom": "com.atlassian.jira.plugin.system.customfieldtypes:radiobuttons"}
    remember([{"id": "customfield_10103", "name": "Organisationseinheit", "schema": select}])
    found = row(shapes.native(), "customfield_10103")
    assert (found.name, found.kind, found.short) == ("Organisationseinheit", Kind.RADIO, "Production")
    assert '"value": "Production"' in found.whole


def test_an_unknown_field_is_shown_as_it_came_and_can_be_mapped():
    found = row(shapes.native(customfield_55555={"magic": [1, {"deep": None}]}), "customfield_55555")
    assert (found.kind, found.uses, found.mappable, found.name) == (Kind.UNKNOWN, [], True, "")
    assert found.short == '{"magic": [1, {"deep": null}]}'


def test_a_long_value_is_shortened_and_unfolds():
    found = row(shapes.native(customfield_10108="word " * 10_000), "customfield_10108")
    assert len(found.short) < 150
    assert found.whole.endswith("30000 characters more")


def test_mapped_fields_come_first_and_empty_ones_are_apart():
    seen = inspect(delivery(shapes.native(customfield_1=None, customfield_2=[], customfield_3="x")))
    assert [each.jira_id for each in seen.fields][:3] == ["customfield_10101", "customfield_10102", "customfield_10103"]
    assert {each.jira_id for each in seen.empty} == {"customfield_1", "customfield_2"}
    assert "customfield_3" in {each.jira_id for each in seen.fields}


def test_a_mapped_field_that_did_not_come_is_named_with_what_is_wrong():
    document = shapes.native()
    del document["issue"]["fields"]["customfield_10105"]
    seen = inspect(delivery(document))
    (cost_center,) = [each for each in seen.absent if each.field == "cost_center"]
    assert (cost_center.jira_id, "missing" in cost_center.faults[0]) == ("customfield_10105", True)


def test_our_fields_that_are_mapped_to_nothing_are_named():
    FieldMapping.objects.filter(field="cost_center").delete()
    seen = inspect(delivery(shapes.native()))
    assert seen.unmapped == ["cost_center"]
    assert {each.jira_id for each in seen.others} >= {"customfield_10105"}
    assert "customfield_10105" not in {each.jira_id for each in seen.mapped}


def test_custom_data_need_not_hold_every_field_and_may_use_our_names():
    seen = inspect(delivery({"issue": {"key": "AVM-1", "email": "a@example.com"}}))
    (use,) = seen.field_of("email").uses
    assert (use.mapping, use.cleaned) == (None, "a@example.com")
    assert seen.custom
    assert not any(each.faults for each in seen.absent)


def test_a_kind_that_cannot_hold_our_field_is_said():
    (use,) = row(shapes.native(customfield_10105=[{"value": "a"}]), "customfield_10105").uses
    assert not use.fits


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"\xff\xfe", b'{"a": 1}', b"[" * 10_000, b'{"webhookEvent": "comment_x"}']
)
def test_a_body_without_an_issue_is_shown_with_the_reason(body):
    seen = inspect(delivery(body))
    assert seen.problem
    assert not seen.fields


def test_a_body_that_was_removed_is_said():
    assert "removed" in inspect(delivery(b"", body_removed_at=clock.now())).problem


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60, deadline=None
)
@given(st.dictionaries(st.sampled_from(["customfield_10101", "customfield_10113", "summary", "x y"]), ANY_JSON))
def test_no_field_whatever_breaks_the_inspector(fields):
    document = json.loads(json.dumps({"issue": {"self": "x", "key": "AVM-1", "fields": fields}}))
    seen = inspect(delivery(document))
    assert {each.jira_id for each in (*seen.fields, *seen.empty)} == set(fields)
