"""The mapping as a YAML file, and field values of every kind."""

import json

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from audit.models import Event
from audit.services import Actor
from jira_bridge.choices import Meaning
from jira_bridge.mapping import MappingFault, meaning_of, status_for
from jira_bridge.models import FieldMapping
from jira_bridge.services import export_mapping, import_mapping
from jira_bridge.snapshot import UnknownShape, read
from jira_bridge.values import plain_value

GUS = Actor.person("gus")


@pytest.mark.usefixtures("mapping")
@pytest.mark.django_db
class TestFile:
    def test_an_exported_mapping_comes_back_unchanged(self, tmp_path):
        call_command("fields", "export", str(tmp_path / "f.yaml"))
        before = Event.objects.count()
        call_command("fields", "import", str(tmp_path / "f.yaml"))
        assert Event.objects.count() == before

    def test_a_changed_file_replaces_the_mapping_and_is_on_record(self):
        text = export_mapping().replace("customfield_10101", "customfield_20202")
        assert import_mapping(text=text, actor=GUS)
        assert FieldMapping.objects.get(field="account_name").jira_id == "customfield_20202"
        assert Event.objects.latest("id").action == "mapping.imported"

    @pytest.mark.parametrize(
        "text",
        ["]", "a: 1", "issue_types: [x]\nstatuses: {}\nfields: {nonsense: customfield_1}",
         "issue_types: [x]\nstatuses: {approved: [A], done: [A]}\nfields: {}",
         "issue_types: ['']\nstatuses: {}\nfields: {}"],
    )  # fmt: skip
    def test_a_file_with_a_fault_changes_nothing(self, text):
        before = export_mapping()
        with pytest.raises(MappingFault):
            import_mapping(text=text, actor=GUS)
        assert export_mapping() == before

    def test_the_command_says_what_is_wrong(self, tmp_path):
        (tmp_path / "f.yaml").write_text("fields: {nonsense: x}")
        with pytest.raises(CommandError, match="nonsense"):
            call_command("fields", "import", str(tmp_path / "f.yaml"))

    def test_a_status_is_known_whatever_its_case(self):
        assert meaning_of("in progress") == Meaning.APPROVED
        assert status_for(Meaning.VALIDATION) == "In Validation"


KINDS = {
    "text": ("x", "x"),
    "number": (12.5, 12.5),
    "option": ({"self": "u", "value": "Production", "id": "1"}, "Production"),
    "cascade": ({"value": "Europe", "child": {"value": "Berlin"}}, "Europe / Berlin"),
    "options": ([{"value": "a"}, {"value": "b"}], ["a", "b"]),
    "labels": (["a", "b"], ["a", "b"]),
    "cloud user": ({"accountId": "5b", "displayName": "Otto"}, "Otto"),
    "cloud user with e-mail": ({"accountId": "5b", "displayName": "Otto", "emailAddress": "o@x.de"}, "o@x.de"),
    "server user": ({"name": "otto", "key": "otto", "displayName": "Otto", "emailAddress": "o@x.de"}, "o@x.de"),
    "group": ([{"name": "gas", "groupId": "7"}], ["gas"]),
    "asset": ([{"workspaceId": "w", "id": "w:1", "objectId": "88"}], ["88"]),
    "organization": ([{"id": "3", "name": "Shop", "_links": {}}], ["Shop"]),
    "request type": ({"requestType": {"id": "25", "name": "AWS Account"}, "currentStatus": {}}, "AWS Account"),
    "document": (
        {"type": "doc", "version": 1, "content": [
            {"type": "paragraph", "content": [{"type": "text", "text": "One"}]},
            {"type": "paragraph", "content": [{"type": "text", "text": "Two"}]}]},
        "One\nTwo",
    ),
    "nothing": (None, None),
}  # fmt: skip


@pytest.mark.parametrize(("value", "plain"), KINDS.values(), ids=KINDS.keys())
def test_a_field_of_each_kind_is_read(value, plain):
    assert plain_value(value) == plain


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "content", "value", "name", "child", "requestType", "attrs", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(ANY_JSON)
def test_no_value_whatever_breaks_the_reader(value):
    plain = plain_value(value)
    assert plain is None or isinstance(plain, str | int | float | list)


@given(
    st.dictionaries(
        st.sampled_from(["issue", "key", "fields", "changelog", "user", "timestamp", "webhookEvent"]),
        ANY_JSON,
    )
)
def test_no_document_whatever_breaks_the_snapshot(document):
    try:
        snapshot = read(json.loads(json.dumps(document)))
    except UnknownShape:
        return
    assert snapshot.key
