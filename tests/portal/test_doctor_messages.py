"""The doctor finds a company's message that cannot be used."""

from portal.doctor.finding import State
from portal.doctor.jira import messages


def test_a_broken_message_is_a_warning_with_its_place_and_reason(settings, tmp_path):
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "ready.j2").write_text("{{ no_such_value }}")
    settings.JIRA_TEMPLATE_DIR = str(tmp_path)
    (found,) = messages.look()
    assert found.state is State.WARNING
    assert "de/ready.j2" in found.seen
    assert "no_such_value" in found.seen


def test_messages_that_work_are_well(settings, tmp_path):
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "started.j2").write_text("Off we go, {{ account_name }}.")
    settings.JIRA_TEMPLATE_DIR = str(tmp_path)
    assert [each.state for each in messages.look()] == [State.OK]
    settings.JIRA_TEMPLATE_DIR = ""
    assert [each.state for each in messages.look()] == [State.OK]


def test_a_misspelt_internal_message_and_a_language_without_messages_are_warnings(settings):
    settings.JIRA_INTERNAL_MESSAGES, settings.JIRA_LANGUAGE = ["faild"], "fr"
    assert [each.state for each in messages.look()] == [State.WARNING, State.WARNING]
