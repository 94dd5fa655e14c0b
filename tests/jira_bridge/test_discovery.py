"""`manage.py fields discover` against the sandbox Jira."""

from io import StringIO

import pytest
import yaml
from django.core.management import CommandError, call_command

from audit.models import Event
from audit.services import Actor
from jira_bridge.choices import RequestField
from jira_bridge.discovery import discover
from jira_bridge.jira_fields import remember
from jira_bridge.mapping import map_field
from jira_bridge.mapping_file import MappingFault, read
from jira_bridge.models import AcceptedType, FieldMapping, JiraField
from jira_bridge.services import export_mapping

GUS = Actor.person("gus")

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("jira")]


def run(*args):
    out, said = StringIO(), StringIO()
    call_command("fields", "discover", *args, stdout=out, stderr=said)
    return out.getvalue(), said.getvalue()


def test_an_empty_mapping_becomes_a_whole_one():
    text, _ = run()
    document = read(text)
    assert document.issue_types == ["AWS Account"]
    assert document.fields[RequestField.ACCOUNT_NAME] == "customfield_10101"
    assert set(document.fields) == set(RequestField)
    assert "account_name: customfield_10101  # “Account name”, Text" in text
    assert not FieldMapping.objects.exists()


@pytest.mark.usefixtures("mapping")
def test_what_is_mapped_already_is_written_back_unchanged():
    text, said = run("--apply")
    assert yaml.safe_load(text) == yaml.safe_load(export_mapping())
    assert "Nothing was left to map." in said


def test_apply_maps_only_what_is_not_mapped_and_records_each():
    map_field(field=RequestField.EMAIL, jira_id="customfield_99999", actor=GUS)
    _, said = run("--apply")
    assert FieldMapping.objects.get(field="email").jira_id == "customfield_99999"
    assert FieldMapping.objects.get(field="owner").jira_id == "customfield_10106"
    assert FieldMapping.objects.count() == 13
    assert Event.objects.filter(action="fieldmapping.added").count() == 13
    assert "Mapped Owner: customfield_10106." in said


def test_the_names_of_all_fields_are_remembered_and_stay_when_jira_is_away(settings):
    run()
    assert JiraField.objects.get(jira_id="customfield_10105").name == "Cost center"
    settings.JIRA_BASE_URL = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match="not available"):
        run()
    assert JiraField.objects.filter(jira_id="customfield_10105").exists()


def test_a_field_that_jira_has_no_more_is_forgotten():
    remember([{"id": "customfield_1", "name": "Old"}, {"id": "summary", "name": " New\n name ", "schema": None}])
    remember([{"id": "summary", "name": "Summary"}, {"name": "no id"}])
    assert list(JiraField.objects.values_list("jira_id", "name", "schema")) == [("summary", "Summary", {})]


def test_a_request_type_that_is_not_there_is_answered_with_those_that_are():
    with pytest.raises(CommandError, match=r"(?s)“Konto”.*AWS Account \(--request-type 25 --service-desk 1"):
        run("--request-type", "Konto")
    assert "customfield_10101" in run("--request-type", "25", "--service-desk", "avm")[0]


def test_the_only_request_type_is_read_when_issue_types_are_accepted():
    AcceptedType.objects.create(name="An issue type of ours")
    assert read(run()[0]).issue_types == ["An issue type of ours"]


def test_without_a_jira_it_says_so(settings):
    settings.JIRA_BASE_URL = ""
    with pytest.raises(CommandError, match="JIRA_BASE_URL is empty"):
        run()


def test_a_site_without_service_projects_is_searched_in_all_custom_fields(jira):
    jira.faults.order({"kind": "status", "path_contains": "/servicedesk", "status": 404})
    found = discover()
    assert "no service project" in found.form.source
    assert found.proposed[RequestField.PURPOSE].jira_id == "customfield_10108"


def test_a_name_with_line_breaks_stays_a_comment(monkeypatch):
    evil = [{"id": "customfield_1", "name": "Owner\n  email: summary\u2028x", "custom": True, "schema": {}}]
    monkeypatch.setattr("jira_bridge.jira.client.JiraClient.fields", lambda self: evil)
    monkeypatch.setattr("jira_bridge.jira.client.JiraClient.service_desks", lambda self: [])
    text, _ = run()
    assert read(text).fields == {}
    assert "“Owner email: summary x”" in text


def test_what_cannot_be_a_field_of_jira_is_not_mapped():
    for bad in ("customfield_x", "a b", "", "x" * 61, "a:b"):
        with pytest.raises(MappingFault):
            map_field(field=RequestField.EMAIL, jira_id=bad, actor=GUS)


def test_mapping_the_same_again_is_no_event():
    first = map_field(field=RequestField.EMAIL, jira_id="customfield_1", actor=GUS)
    count = Event.objects.count()
    assert map_field(field=RequestField.EMAIL, jira_id="customfield_1", actor=GUS) == first
    assert Event.objects.count() == count
