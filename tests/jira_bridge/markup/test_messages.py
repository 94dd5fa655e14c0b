"""The messages that come with the product, and a company's own."""

import datetime
from decimal import Decimal

import jsonschema
import pytest
from hypothesis import HealthCheck, assume, given, settings
from jinja2 import TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError

from jira_bridge.markup import (
    LANGUAGES,
    MESSAGES,
    company_faults,
    render_message,
    text_of_adf,
    to_adf,
    to_plain,
    to_wiki,
)
from jira_bridge.markup.examples import EXAMPLES
from jira_bridge.words import TITLES, field_label
from tests.jira_bridge.markup.adf_subset import SCHEMA
from tests.jira_bridge.markup.hostile import hostile_texts
from vending.content import FIELDS
from vending.milestones import Milestone, Progress

ADF = jsonschema.Draft202012Validator(SCHEMA)


@pytest.fixture
def company(tmp_path, settings):
    settings.JIRA_TEMPLATE_DIR = str(tmp_path)

    def write(name, text, language="en"):
        (tmp_path / language).mkdir(exist_ok=True)
        (tmp_path / language / f"{name}.j2").write_text(text, encoding="utf-8")

    return write


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MESSAGES)
def test_every_message_can_be_written_in_every_notation(name, language):
    document = render_message(name, EXAMPLES[name], language)
    ADF.validate(to_adf(document))
    for text in (to_wiki(document), to_plain(document)):
        assert text.strip()
        assert "{{" not in text
        assert "\ue000" not in text


def test_the_languages_differ_and_say_the_same():
    for name in MESSAGES:
        english, german = (render_message(name, EXAMPLES[name], language) for language in LANGUAGES)
        assert [type(block) for block in english.blocks] == [type(block) for block in german.blocks]
        assert to_plain(english) != to_plain(german)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cause_of_a_hold_is_said_in_its_own_words(language):
    said = set()
    for cause in ("edited", "needs_approval", "withdrawn", "person"):
        context = EXAMPLES["on_hold"] | {"cause": cause, "changed": [], "reason": "Budget is unclear"}
        text = to_plain(render_message("on_hold", context, language))
        assert "Budget is unclear" in text
        said.add(text)
    assert len(said) == 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_end_of_a_cancellation_is_said_in_its_own_words(language):
    ends = ({"account_id": "123456789012"}, {"may_exist": True}, {"reason": None}, {})
    said = {to_plain(render_message("cancelled", EXAMPLES["cancelled"] | end, language)) for end in ends}
    assert len(said) == 4


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("milestone", [*Milestone.values, None])
def test_a_failure_names_the_milestone_and_what_happens_next(language, milestone):
    text = to_plain(render_message("failed", EXAMPLES["failed"] | {"milestone": milestone}, language))
    assert ("What happens next" if language == "en" else "Wie es weitergeht") in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", Progress.values)
def test_every_state_of_every_milestone_has_its_words(language, state):
    context = EXAMPLES["progress"] | {"milestones": [(milestone, state) for milestone in Milestone.values]}
    rows = to_adf(render_message("progress", context, language))["content"][1]["content"][1:]
    assert len({text_of_adf(row) for row in rows}) == len(Milestone)


@pytest.mark.parametrize(("minutes", "english", "german"), [(1, "1 minute.", "1 Minute."), (7, "7 min", "7 Min")])
def test_an_estimate_is_grammatical(minutes, english, german):
    for language, words in (("en", english), ("de", german)):
        assert words in to_plain(render_message("started", EXAMPLES["started"] | {"minutes": minutes}, language))


def test_every_field_and_every_title_has_its_german_word():
    for field in FIELDS:
        assert field_label(field.name, "de") != field_label(field.name, "en")
    assert set(TITLES["en"]) == set(TITLES["de"]) == set(MESSAGES)
    assert field_label("account_quota", "de") == "Anfrage"


def test_a_companys_templates_that_cannot_be_used_are_found(company):
    company("started", "{{ no_such_value }}")
    company("ready", "| a | b |\n| c |", "de")
    company("failed", "{{ 1 / 0 }}")
    company("progress", "Fine: {{ account_name }}")
    company("stared", "A slip of the pen.")
    faults = dict(company_faults(EXAMPLES))
    assert set(faults) == {"en/started.j2", "de/ready.j2", "en/failed.j2", "en/stared.j2"}
    assert "no_such_value" in faults["en/started.j2"]
    assert "ZeroDivisionError" in faults["en/failed.j2"]


def test_a_folder_of_templates_that_is_not_there_is_found(settings, tmp_path):
    settings.JIRA_TEMPLATE_DIR = str(tmp_path / "absent")
    assert company_faults(EXAMPLES) == [(str(tmp_path / "absent"), "there is no such folder")]
    settings.JIRA_TEMPLATE_DIR = ""
    assert company_faults(EXAMPLES) == []


def test_the_shipped_message_can_be_had_beside_a_companys_own(company):
    company("started", "Our own.")
    assert "is being set up" in to_plain(render_message("started", EXAMPLES["started"], shipped_only=True))


def test_amounts_are_written_as_the_language_writes_them():
    context = EXAMPLES["ready"] | {"monthly_budget": Decimal("1234567.5")}
    assert "1,234,567.50 USD" in to_plain(render_message("ready", context, "en"))
    assert "1.234.567,50 USD" in to_plain(render_message("ready", context, "de"))


def test_a_moment_is_written_in_utc(company):
    company("started", "{{ when|moment }}")
    company("started", "{{ when|moment }}", "de")
    when = datetime.datetime(2027, 5, 3, 16, 5, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
    assert to_plain(render_message("started", {"when": when}, "en")) == "3 May 2027, 14:05 UTC"
    assert to_plain(render_message("started", {"when": when}, "de")) == "03.05.2027, 14:05 UTC"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=hostile_texts)
def test_hostile_values_leave_the_form_of_real_messages_alone(text):
    assume(text)  # an empty reason is no reason: it has no paragraph
    for name, context in EXAMPLES.items():
        bad = render_message(name, replaced(context, text))
        good = render_message(name, replaced(context, "word"))
        ADF.validate(to_adf(bad))
        assert [type(block) for block in bad.blocks] == [type(block) for block in good.blocks]
        assert to_wiki(bad).count("\n") == to_wiki(good).count("\n")


CODES = {*Milestone.values, *Progress.values, "edited"}


def replaced(value, text):
    """Every text in a context but the addresses and codes, replaced."""
    if isinstance(value, str):
        return value if value.startswith("https://") or value in CODES else text
    if isinstance(value, dict):
        return {key: replaced(each, text) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [replaced(each, text) for each in value]
    return value


def test_a_value_that_looks_like_a_template_is_not_run():
    context = EXAMPLES["started"] | {"account_name": "{{ 7*7 }} {% raw %} {# x #}"}
    assert "{\u200b{\u200b 7*7 }} {\u200b% raw %}" in to_plain(render_message("started", context))


def test_a_missing_variable_is_an_error_and_not_a_gap():
    with pytest.raises(UndefinedError):
        render_message("started", {"minutes": 3})


def test_a_companys_own_template_wins(company):
    company("started", "**Off we go,** {{ account_name }}!")
    assert to_plain(render_message("started", EXAMPLES["started"])) == "Off we go, payments-prod!"
    assert "Konto" in to_plain(render_message("started", EXAMPLES["started"], "de"))


def test_a_language_without_the_message_falls_back_to_english():
    assert "is being set up" in to_plain(render_message("started", EXAMPLES["started"], "fr"))


@pytest.mark.parametrize(
    "statement",
    [
        "{% macro m(x) %}{{ x }}{% endmacro %}{{ m(1) }}",
        "{% filter upper %}{{ account_name }}{% endfilter %}",
        "{% set x %}{{ account_name }}{% endset %}{{ x }}",
        "{% from 'en/started.j2' import y %}",
    ],
)
def test_a_template_cannot_turn_values_back_into_form(company, statement):
    company("started", statement)
    with pytest.raises(TemplateSyntaxError, match="A message may not"):
        render_message("started", EXAMPLES["started"])


def test_a_template_cannot_reach_into_python(company):
    company("started", "{{ account_name.__class__.__mro__ }}")
    with pytest.raises(SecurityError):
        render_message("started", EXAMPLES["started"])


def test_a_placeholder_in_a_templates_own_text_is_not_one(company):
    company("started", "a \ue0000\ue001 b {{ account_name }}")
    assert to_plain(render_message("started", EXAMPLES["started"])) == "a 0 b payments-prod"


@pytest.mark.parametrize(("name", "language"), [("../secret", "en"), ("started", "../de"), ("", "en")])
def test_names_cannot_lead_out_of_the_template_folders(name, language):
    with pytest.raises(ValueError, match="Not a message"):
        render_message(name, {}, language)


def test_an_unknown_message_is_an_error():
    with pytest.raises(TemplateError):
        render_message("unheard_of", {})
