"""How each node is written in each notation."""

import pytest

from jira_bridge.markup import JIRA_COMMENT_LIMIT, fit, text_of_adf, to_adf, to_plain, to_wiki
from jira_bridge.markup.nodes import BulletList, CodeBlock, Document, Link, Paragraph, Table, Text
from jira_bridge.markup.parse import FormError, parse
from jira_bridge.markup.wiki_escape import escape_wiki, unescape_wiki

FORM = """
# Title
One **bold** word,
next line\\
after a break.

- a
- [b](https://example.com/x)

1. first
2. second

| Name | Value |
|------|-------|
| a | `b` |

> [!warning]
> Careful.

```
arn:aws:iam::1:role/{x}
```
---
"""


def test_the_form_is_written_in_wiki_markup():
    assert to_wiki(parse(FORM)) == (
        "h1. Title\n\nOne *bold* word, next line\nafter a break.\n\n* a\n* [b|https://example.com/x]\n\n"
        "# first\n# second\n\n|| Name || Value ||\n| a | b |\n\n"
        "{panel:bgColor=#fffae6}\nCareful.\n{panel}\n\n{noformat}\narn:aws:iam::1:role/{x}\n{noformat}\n\n----"
    )


def test_the_form_is_written_as_plain_text():
    assert to_plain(parse(FORM)) == (
        "Title\n\nOne bold word, next line\nafter a break.\n\n- a\n- b: https://example.com/x\n\n"
        "1. first\n2. second\n\na: b\n\nCareful.\n\n    arn:aws:iam::1:role/{\u200bx}\n\n" + "-" * 40
    )


def test_the_form_is_written_in_adf():
    content = to_adf(parse(FORM))["content"]
    assert [node["type"] for node in content] == [
        "heading", "paragraph", "bulletList", "orderedList", "table", "panel", "codeBlock", "rule",
    ]  # fmt: skip
    assert content[1]["content"][1] == {"type": "text", "text": "bold", "marks": [{"type": "strong"}]}
    link = content[2]["content"][1]["content"][0]["content"][0]
    assert link["marks"] == [{"type": "link", "attrs": {"href": "https://example.com/x"}}]


def test_the_bare_text_of_adf_can_be_read_back():
    assert text_of_adf(to_adf(parse("Hello **you**\n\nRef 1"))).splitlines() == ["Hello you", "Ref 1"]


@pytest.mark.parametrize("form", ["```\nopen", "> [!danger]\n> x", "| a | b |\n| c |", "> [!info]\n> | a |", "|---|"])
def test_a_broken_form_is_refused(form):
    with pytest.raises(FormError):
        parse(form)


def test_untrusted_text_cannot_be_strong():
    with pytest.raises(ValueError, match="trusted"):
        Text("x", strong=True)


@pytest.mark.parametrize(
    "href",
    [
        *("javascript:alert(1)", "//example.com", "ftp://example.com", "https://", "https://a b", "HTTPS:"),
        *(
            "https://user:secret@example.com",
            "https://a\nb",
            "mailto:a@b.c?bcc=d@e.f",
            "mailto:",
            "data:text/html,x",
        ),
        *("https://example.com\\@evil.example", "https://[::1]/", "https://example.com:99999/"),
    ],
)
def test_an_address_that_may_not_be_linked_to_is_shown_as_text(href):
    with pytest.raises(ValueError, match=r".+"):
        Link("x", href)
    document = parse("[x](\ue0000\ue001)", [href])
    assert all(isinstance(inline, Text) for inline in document.blocks[0].content)


def test_an_address_cannot_break_out_of_its_link():
    link = Link("x", "https://example.com/a|b]c[d{e}f!g\\h?i=(j)*k~l%zz%20")
    assert link.href == "https://example.com/a%7Cb%5Dc%5Bd%7Be%7Df%21g%5Ch?i=%28j%29%2Ak%7El%25zz%20"


def test_a_label_that_is_not_plain_stands_before_its_link():
    assert to_wiki(parse("[\ue0000\ue001](https://a.example/x)", ["h1.]|"])) == (
        "\u200bh1.\\]\\| [https://a.example/x]"
    )


def test_strong_words_lose_their_style_where_the_parser_would_not_end_it():
    assert to_wiki(parse("**Name**\ue0000\ue001", ["x* y"])) == "Namex\\* y"


def test_escaping_can_be_undone():
    text = r"a\*b {code} (y) :) https://x.y ----|"
    assert unescape_wiki(escape_wiki(text)) == text


def test_a_bar_in_a_table_cell_becomes_one_that_ends_no_cell():
    assert "\u2502" in to_wiki(parse("| A |\n| \ue0000\ue001 |", ["a|b"]))


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_comment_that_is_too_long_is_cut_and_says_so(language):
    long = Document((Paragraph((Text("start"),)), Paragraph((Text("*x" * 40_000),))), language)
    wiki = to_wiki(fit(long, lambda document: len(to_wiki(document))))
    assert JIRA_COMMENT_LIMIT - 200 < len(wiki) <= JIRA_COMMENT_LIMIT
    assert wiki.startswith("start")
    assert ("ends here" if language == "en" else "endet hier") in wiki


def test_lists_tables_and_code_are_cut_too():
    item = (Text("x" * 1000),)
    blocks = (BulletList((item,) * 20), Table((item,), ((item,),) * 20), CodeBlock("y" * 40_000))
    shorter = fit(Document(blocks), lambda document: len(to_wiki(document)))
    assert len(to_wiki(shorter)) <= JIRA_COMMENT_LIMIT
    assert len(shorter.blocks) < 5


def test_a_comment_within_the_limit_is_left_alone():
    document = parse("Short.")
    assert fit(document, lambda each: len(to_wiki(each))) is document
