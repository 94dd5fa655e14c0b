"""Every page in German: nothing on it is still English but what the record and people themselves have written."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, override

from portal import catalogue
from tests.browser import world
from tests.browser.pages import models, pages_of

pytestmark = pytest.mark.django_db(transaction=True)  # events are sealed only when they are committed
ENGLISH = re.compile(
    r"\b(the|of|and|is|are|not|with|this|by|for|to|from|has|have|no|all|select|add|change|view|delete|save|search|page|"
    r"show|hide|back|who|what|which|one|more|any|yes|ago|hours?|minutes?|days?|reset|apply|clear)\b",
    re.IGNORECASE,
)
HANDED_ON = re.compile(r"“Send web request”|“Browse|manage\.py|WebHooks|Custom data|: to\*+")
"""What Jira's own menus and our commands are called, and a masked password."""

WRITTEN = {"ticket", "run", "organization", "Id", "sweep", "seal", "Seal", "status", "created"}
"""What the record, a webhook, the examination and the queue of this world say themselves."""
SILENT = ("script", "style", "code", "pre", "time", "textarea")


class Texts(HTMLParser):
    """What a page says, without code, moments, what people typed, and the names of symbols."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent, self._icon = 0, False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._silent += tag in SILENT
        self._icon = "material-symbols-outlined" in str(dict(attributes).get("class"))
        self.said += [value for name, value in attributes if name in ("title", "aria-label", "placeholder") and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT
        self._icon = False

    def handle_data(self, data: str) -> None:
        if not self._silent and not self._icon and data.strip():
            self.said.append(" ".join(data.split()))


@pytest.fixture
def german() -> Client:
    world.everything()
    client = Client(headers={"accept-language": "de"})
    client.force_login(User.objects.get(username="root"))
    return client


def said(client: Client, address: str) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    texts = Texts()
    texts.feed(answer.content.decode())
    return texts.said


def english_texts() -> set[str]:
    """Our texts that German says otherwise; those with places for values can be looked for only in part."""
    with override("de"):
        return {
            text for _context, text in catalogue.gathered()
            if isinstance(text, str) and not re.search(r"[{%]", text) and gettext(text) != text
        }  # fmt: skip


def addresses() -> Iterator[str]:
    yield reverse("admin:index")
    for model in models():
        if model._default_manager.exists():  # a transaction of somebody else on this server may have kept off the seal
            yield from pages_of(model)


def test_no_page_says_in_english_what_has_german(german: Client):
    english = english_texts() - WRITTEN
    left = {text: address for address in addresses() for text in said(german, address) if text in english}
    assert not left


def test_lists_without_rows_and_dialogs_have_no_english_word(german: Client):
    lists = [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist") + "?q=nothing-of-this-name"
        for model in models() if admin.site._registry[model].search_fields
    ]  # fmt: skip
    dialogs = [address for address in addresses() if "/do/" in address or address.endswith("/add/")]
    left = {
        text: address for address in [*lists, *dialogs] for text in said(german, address)
        if ENGLISH.search(text) and not HANDED_ON.search(text)
    }  # fmt: skip
    assert not left
