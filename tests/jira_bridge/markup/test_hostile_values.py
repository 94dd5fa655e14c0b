"""Whatever people type, a message keeps its form, and they see what they typed.

A few hundred texts always, chosen by Hypothesis; ten thousand for each context and way of writing in the slow run.
"""

import random

import jsonschema
import pytest
from hypothesis import given, settings

from jira_bridge.markup import to_adf
from tests.jira_bridge.markup import invariants
from tests.jira_bridge.markup.adf_subset import SCHEMA
from tests.jira_bridge.markup.hostile import ATOMS, CONTEXTS, document, hostile_texts

ADF = jsonschema.Draft202012Validator(SCHEMA)
MANY = 10_000
WRITERS = {"adf": invariants.check_adf, "wiki": invariants.check_wiki, "plain": invariants.check_plain}
each_context = pytest.mark.parametrize("context", CONTEXTS)
each_writer = pytest.mark.parametrize("writer", WRITERS)


@each_writer
@each_context
@settings(max_examples=25, deadline=None)
@given(text=hostile_texts)
def test_a_hostile_text_stays_text(writer, context, text):
    WRITERS[writer](context, text)


@each_context
@settings(max_examples=10, deadline=None)
@given(text=hostile_texts)
def test_every_document_is_valid_by_the_schema(context, text):
    ADF.validate(to_adf(document(context, text)))


@settings(max_examples=200, deadline=None)
@given(text=hostile_texts)
def test_a_hostile_text_adds_nothing_to_a_mails_header(text):
    invariants.check_mail(text)


def random_text(dice):
    """Like hostile_texts, without Hypothesis's search: quick, and the same for the same seed."""
    pieces = (dice.choice(ATOMS) if dice.random() < 0.7 else _character(dice) for _ in range(dice.randrange(13)))
    return "".join(pieces)


def _character(dice):
    return chr(dice.choice((dice.randrange(0x20, 0x7F), dice.randrange(0x250), dice.randrange(0x110000))))


@pytest.mark.slow
@each_writer
@each_context
def test_ten_thousand_hostile_texts_stay_text(writer, context):
    dice = random.Random(f"{writer} {context}")
    for _ in range(MANY):
        text = random_text(dice)
        try:
            WRITERS[writer](context, text)
        except AssertionError as broken:
            raise AssertionError(f"It breaks with {text!r}") from broken


@pytest.mark.slow
def test_ten_thousand_hostile_texts_add_nothing_to_a_mails_header():
    dice = random.Random("mail header")
    for _ in range(MANY):
        text = random_text(dice)
        try:
            invariants.check_subject(text)
        except AssertionError as broken:
            raise AssertionError(f"It breaks with {text!r}") from broken
