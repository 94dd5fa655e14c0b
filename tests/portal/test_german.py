"""The German of the pages: complete, compiled, and switched to by the person."""

import re
from collections.abc import Iterator

import pytest
from babel.messages import mofile, pofile
from babel.messages.catalog import Catalog, Message
from django.test import Client
from django.urls import reverse

from portal import catalogue

PLACES = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}|</?\w+>|`[^`]*`")


@pytest.fixture(scope="module")
def german() -> Catalog:
    with catalogue.GERMAN.open("rb") as file:
        return pofile.read_po(file, locale="de")


def strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def key(message: Message) -> tuple[str | None, str | tuple[str, ...]]:
    context = message.context.decode() if isinstance(message.context, bytes) else message.context  # Babel's, of a .mo
    return context, message.id if isinstance(message.id, str) else tuple(message.id)


def messages(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def test_every_text_of_code_and_templates_has_its_german(german: Catalog):
    lacking = [
        text for context, text in catalogue.gathered()
        if (message := german.get(text, context)) is None or message.fuzzy or not all(strings(message))
    ]  # fmt: skip
    assert not lacking, "run make messages, then write their German into locale/"


def test_the_catalogue_holds_nothing_that_is_said_no_more(german: Catalog):
    assert not {key(message) for message in messages(german)} - set(catalogue.gathered())


def test_what_is_compiled_is_what_is_written(german: Catalog):
    with catalogue.GERMAN.with_suffix(".mo").open("rb") as file:
        compiled = mofile.read_mo(file)
    assert {key(m): strings(m) for m in messages(compiled)} == {key(m): strings(m) for m in messages(german)}


def test_the_german_has_the_same_places_for_values(german: Catalog):
    for message in messages(german):
        one = message.id if isinstance(message.id, str) else message.id[-1]
        for string in strings(message):
            assert sorted(PLACES.findall(string)) == sorted(PLACES.findall(one)), one


def test_the_catalogue_finds_a_text_in_code_and_in_a_template():
    found = catalogue.gathered()
    assert "vending/choices.py" in found[None, "Awaiting approval"]
    assert "templates/admin/vending/run/live.html" in found[None, ("%(n)s attempt", "%(n)s attempts")]
    assert (None, "Set the monthly budget") in found


@pytest.mark.django_db
def test_the_browsers_language_counts_until_somebody_chooses(client: Client):
    address = reverse("account_login")
    assert 'lang="de"' in client.get(address, headers={"accept-language": "de-DE,de;q=0.9"}).content.decode()
    assert 'lang="en"' in client.get(address, headers={"accept-language": "fr"}).content.decode()


@pytest.mark.django_db
def test_the_choice_of_a_language_is_kept(client: Client):
    address = reverse("account_login")
    answer = client.post(reverse("set_language"), {"language": "de", "next": address})
    assert (answer.status_code, answer["Location"]) == (302, address)
    page = client.get(address, headers={"accept-language": "en"}).content.decode()
    assert 'lang="de"' in page
    assert "Anmelden" in page


@pytest.mark.django_db
def test_the_switch_leads_to_no_other_site(client: Client):
    answer = client.post(reverse("set_language"), {"language": "de", "next": "https://elsewhere.example.com/"})
    assert "elsewhere" not in answer["Location"]
