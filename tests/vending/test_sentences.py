"""Sentences that are stored are said in the language of whoever reads."""

import json

from django.utils import translation
from django.utils.translation import gettext_noop as _

from vending.content import ContactContent, RequestContent
from vending.rules import faults
from vending.sentences import Sentence, said


def through_the_database(sentence: Sentence) -> dict:
    return json.loads(json.dumps(sentence.as_json()))


def test_the_record_holds_english_whatever_the_language_of_the_writer():
    with translation.override("de"):
        assert Sentence(_("The purpose is missing. Say in a sentence or two what the account is for.")).startswith(
            "The purpose"
        )


def test_a_stored_sentence_is_said_in_the_language_of_the_reader():
    fault = next(fault for fault in faults(RequestContent(account_name="x" * 51)) if fault.field == "account_name")
    stored = through_the_database(fault.sentence)
    assert said(stored) == str(fault.sentence)
    with translation.override("de"):
        assert said(stored) == "Der Kontoname hat 51 Zeichen, AWS nimmt höchstens 50. Bitte kürzen Sie ihn."


def test_what_stands_in_a_sentence_is_said_in_the_same_language():
    contact = ContactContent(name="Ada", title="", email="a@b@c", phone="")
    told = [through_the_database(fault.sentence) for fault in faults(RequestContent(security_contact=contact))]
    with translation.override("de"):
        german = " ".join(said(each) for each in told)
    assert "Sicherheitskontakt" in german
    assert "Funktion, Telefon" in german
    assert "genau ein @" in german


def test_braces_that_a_person_wrote_are_only_text():
    sentence = Sentence(_("The environment “{given}” is not known. Choose one of: {choices}."), given="{0}", choices=[])
    assert "{0}" in said(through_the_database(sentence))
    assert "{0}" in sentence
