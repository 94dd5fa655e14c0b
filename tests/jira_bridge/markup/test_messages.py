"""The messages that come with the product, and a company's own."""

import datetime
from decimal import Decimal

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from jinja2 import TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError

from jira_bridge.markup import LANGUAGES, MESSAGES, render_message, to_adf, to_plain, to_wiki
from jira_bridge.markup.examples import EXAMPLES
from tests.jira_bridge.markup.adf_subset import SCHEMA
from tests.jira_bridge.markup.hostile import hostile_texts

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
    for name, context in EXAMPLES.items():
        bad = render_message(name, replaced(context, text))
        good = render_message(name, replaced(context, "word"))
        ADF.validate(to_adf(bad))
        assert [type(block) for block in bad.blocks] == [type(block) for block in good.blocks]
        assert to_wiki(bad).count("\n") == to_wiki(good).count("\n")


def replaced(value, text):
    """Every text in a context but the addresses and states, replaced."""
    if isinstance(value, str):
        known = value.startswith("https://") or value in ("done", "running", "waiting", "pending")
        return value if known else text
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
