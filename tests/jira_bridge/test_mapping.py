"""The mapping as a YAML file."""

import pytest
from django.core.management import CommandError, call_command

from audit.models import Event
from audit.services import Actor
from jira_bridge.choices import Meaning
from jira_bridge.mapping import meaning_of, status_for
from jira_bridge.mapping_file import MappingFault
from jira_bridge.models import FieldMapping
from jira_bridge.services import export_mapping, import_mapping

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
