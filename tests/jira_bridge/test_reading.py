"""How a delivery is read: shapes made from a template, keys, times, people, and what the mapping may say."""

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from audit.services import Actor
from jira_bridge import mapping
from jira_bridge.mapping import import_mapping
from jira_bridge.mapping_file import MappingFault
from jira_bridge.snapshot import UnknownShape, moment, read
from jira_bridge.values import person
from tests.jira_bridge import shapes

FLAT = {
    "into the issue": {"issue": {"key": "AVM-1", "status": "In Progress", "account_name": "Payments"}},
    "beside the issue": {"issue": {"key": "AVM-1", "status": "In Progress"}, "fields": {"account_name": "Payments"}},
    "under fields": {"issue": {"key": "AVM-1", "fields": {"status": "In Progress", "account_name": "Payments"}}},
    "at the root": {"key": "AVM-1", "status": "In Progress", "account_name": "Payments"},
    "by Jira's id": {"issue": {"key": "AVM-1", "status": "In Progress", "customfield_10101": "Payments"}},
}


@pytest.mark.django_db
@pytest.mark.usefixtures("mapping")
@pytest.mark.parametrize("document", FLAT.values(), ids=FLAT.keys())
def test_custom_data_may_put_its_fields_anywhere(document):
    snapshot = read(document)
    assert (snapshot.key, snapshot.status) == ("AVM-1", "In Progress")
    assert mapping.raw_values(snapshot) == {"account_name": "Payments"}


@pytest.mark.django_db
@pytest.mark.usefixtures("mapping")
def test_jiras_own_environment_field_is_not_taken_for_ours():
    document = shapes.native(environment="a text about servers")
    del document["issue"]["fields"]["customfield_10104"]
    assert "environment" not in mapping.raw_values(read(document))


@pytest.mark.django_db
@pytest.mark.usefixtures("mapping")
def test_a_field_that_is_empty_is_there_and_one_that_is_missing_is_not():
    document = shapes.automation(customfield_10105=None)
    del document["fields"]["customfield_10113"]
    raw = mapping.raw_values(read(document))
    assert raw["cost_center"] is None
    assert "monthly_budget" not in raw


@pytest.mark.parametrize(
    "key", ["", "AVM", "avm-1", "AVM-1/../../x", "AVM-1?a=b", "AVM-1\nAVM-2", "A" * 60 + "-1", 7, None]
)
def test_what_is_no_key_is_no_issue(key):
    with pytest.raises(UnknownShape):
        read({"key": key})


@pytest.mark.parametrize(
    ("value", "when"),
    [
        (1_700_000_000_000, datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        ("1700000000000", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        ("2023-11-14T23:13:20.000+0100", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-12:00", None),
        (10**30, None),
        (-1, None),
        (True, None),
        ("yesterday", None),
        ("²", None),
        ({}, None),
    ],
)
def test_a_moment_is_read_or_left_out(value, when):
    assert moment(value) == when


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ({"accountId": "5b", "displayName": "Gus", "emailAddress": "gus@example.com"}, "gus@example.com"),
        ({"accountId": "5b", "displayName": "Gus", "emailAddress": None}, "Gus (5b)"),
        ({"name": "gus", "key": "JIRAUSER1", "displayName": "Gus"}, "Gus (gus)"),
        ({"accountId": "5b"}, "5b"),
        ("gus@example.com", "gus@example.com"),
        (None, ""),
        (["a"], ""),
    ],
)
def test_a_person_cannot_be_mistaken_for_another(user, name):
    assert person(user) == name


FAULTS = {
    "statuses": "issue_types: [A]\nstatuses: {approved: [Go], done: [go]}\nfields: {}",
    "no field of Jira": "issue_types: [A]\nstatuses: {}\nfields: {email: 10102}",
    "customfield_x": "issue_types: [A]\nstatuses: {}\nfields: {email: customfield_x}",
    "list": "issue_types: [A]\nstatuses: {approved: Go}\nfields: {}",
}


@pytest.mark.django_db
@pytest.mark.parametrize("text", FAULTS.values(), ids=FAULTS.keys())
def test_a_mapping_that_could_not_work_is_refused(text):
    with pytest.raises(MappingFault):
        import_mapping(text=text, actor=Actor.system("test"))


@pytest.mark.django_db
def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"missing\.yaml"):
        call_command("fields", "import", str(tmp_path / "missing.yaml"))
