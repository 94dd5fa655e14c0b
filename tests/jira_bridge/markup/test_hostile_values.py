"""Whatever people type, a message keeps its form, and they see what they typed."""

import json
import re

import jsonschema
import pytest
from hypothesis import given, settings

from jira_bridge.markup import to_adf, to_plain, to_wiki
from jira_bridge.markup.clean import clean_block, clean_line
from tests.jira_bridge.markup.adf_subset import SCHEMA
from tests.jira_bridge.markup.hostile import CONTEXTS, document, hostile_texts

ESCAPED = "-#*_+?^~|%{}[]()!@"
ADF = jsonschema.Draft202012Validator(SCHEMA)
each_context = pytest.mark.parametrize("context", CONTEXTS)


def form_of(node):
    """A node without its texts: what is left must not depend on a value."""
    kept = {name: value for name, value in node.items() if name not in ("text", "content")}
    children = [form_of(child) for child in node.get("content", ()) if child["type"] != "text" or "marks" in child]
    return kept | {"content": children}


def texts_of(node):
    return node.get("text", "") + "".join(map(texts_of, node.get("content", ())))


def without_breaks(text):
    return text.replace("\u200b", "")


@each_context
@settings(max_examples=30, deadline=None)
@given(text=hostile_texts)
def test_adf_keeps_its_form_and_shows_the_text_as_it_was_typed(context, text):
    adf = to_adf(document(context, text))
    ADF.validate(adf)
    json.dumps(adf).encode("ascii")
    if context == "code block":
        assert texts_of(adf) == clean_block(f"id: {text}").strip("\n")
        return
    cleaned = clean_line(text)
    if context == "link text":
        cleaned = cleaned.strip() or "https://portal.example.com/a"
    assert texts_of(adf) == texts_of(to_adf(document(context, "MARK"))).replace("MARK", cleaned)
    if clean_line(text).strip():
        assert form_of(adf) == form_of(to_adf(document(context, "word")))


@pytest.mark.parametrize("context", [name for name in CONTEXTS if name not in ("code block", "link text")])
@settings(max_examples=30, deadline=None)
@given(text=hostile_texts)
def test_wiki_markup_has_no_active_character_that_the_template_did_not_write(context, text):
    wiki = to_wiki(document(context, text))
    harmless = to_wiki(document(context, "word"))
    assert active(wiki) == active(harmless)
    assert wiki.count("\n") == harmless.count("\n")
    for line in wiki.split("\n"):
        assert not re.match(r"\s*(h[1-6]|bq)\.", line) or context == "heading"
    assert not re.search(r"(?i)(https?|ftp|irc|mailto|jamfselfservice):", wiki)
    assert not re.search(r"[:;]-?\\?[()DPp|/]|\\\((y|n|i|x|/|\\!|on|off)\\\)|<3", wiki)


@settings(max_examples=100, deadline=None)
@given(text=hostile_texts)
def test_a_link_text_can_change_neither_the_address_nor_the_number_of_links(text):
    wiki = to_wiki(document("link text", text))
    brackets = re.findall(r"(?<!\\)\[([^\]]*)(?<!\\)\]", wiki)
    assert len(brackets) == 1
    assert brackets[0].split("|")[-1] == "https://portal.example.com/a"
    assert brackets[0].count("|") <= 1


@settings(max_examples=150, deadline=None)
@given(text=hostile_texts)
def test_no_backslash_of_a_value_acts_on_what_follows(text):
    for match in re.finditer(r"\\(.?)", to_wiki(document("two values side by side", text)), re.DOTALL):
        assert match[1] in (*ESCAPED, "\u200b") or (match[1].isascii() and match[1].isalnum())


@settings(max_examples=100, deadline=None)
@given(text=hostile_texts)
def test_a_code_block_ends_only_where_the_template_ends_it(text):
    wiki = to_wiki(document("code block", text))
    assert len(re.findall(r"(?i)\{noformat|\{code", wiki)) == 2
    assert without_breaks(clean_block(f"id: {text}").strip("\n")) in without_breaks(wiki)


@each_context
@settings(max_examples=15, deadline=None)
@given(text=hostile_texts)
def test_plain_text_has_no_line_that_the_template_did_not_write(context, text):
    plain = to_plain(document(context, text))
    harmless = to_plain(document(context, "word"))
    if context != "code block":
        assert plain.count("\n") <= harmless.count("\n")
    assert not re.search(r"\[[~^]|\{[a-zA-Z]|![a-z.]+!", plain)


def active(wiki):
    """The characters that Jira's parser would act on: those of its escape set that no backslash precedes."""
    found = []
    position = 0
    while position < len(wiki):
        if wiki[position] == "\\":
            position += 2
            continue
        if wiki[position] in ESCAPED:
            found.append(wiki[position])
        position += 1
    return found
