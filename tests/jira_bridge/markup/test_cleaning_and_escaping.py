"""The rules one by one, each with the text that it is there for."""

import pytest

from jira_bridge.markup.clean import clean_block, clean_line
from jira_bridge.markup.wiki_escape import escape_wiki

Z = "\u200b"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\r\nb\nc\u2028d\x85e\tf", "a b c d e f"),
        ("a\x00b\x1b[0mc\x7f", "ab[0mc"),
        ("a\ue000b\U000f0000c\ufdd0d", "abcd"),
        ("a\u202eb\u2066c\u200fd", "abcd"),
        ("a\ud800b", "a\ufffdb"),
        ("שלום 👩\u200d💻 ß e\u0301", "שלום 👩\u200d💻 ß e\u0301"),
    ],
)
def test_a_line_loses_what_no_reader_sees(typed, kept):
    assert clean_line(typed) == kept


def test_a_block_keeps_its_lines_and_tabs():
    assert clean_block("a\r\n\tb\x00\u2029c\ue000") == "a\n\tb\nc"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("-#*_+?^~|%{}[]()!@", "\\-\\#\\*\\_\\+\\?\\^\\~\\|\\%\\{\\}\\[\\]\\(\\)\\!\\@"),
        ("a\\*b", f"a\\{Z}\\*b"),
        ("end\\", f"end\\{Z}"),
        ("\\\\", f"\\{Z}\\{Z}"),
        ("C:\\temp", f"C:{Z}\\temp"),
        (":)", f":{Z}\\)"),
        (";-)", f";{Z}\\-\\)"),
        ("(y)", f"\\({Z}y\\)"),
        ("(*r)", f"\\({Z}\\*r\\)"),
        ("<3 </3", f"<{Z}3 <{Z}/3"),
        ("&#123;", f"&{Z}\\#123;"),
        ("mailto:a", f"mailto{Z}:a"),
        ("odd://a", f"odd:{Z}//a"),
        ("h1. x", f"{Z}h1. x"),
        ("  bq. x", f"  {Z}bq. x"),
        ("see h1. x", "see h1. x"),
        ("plain words, 10:30", "plain words, 10:30"),
    ],
)
def test_wiki_text_is_escaped(text, written):
    assert escape_wiki(text) == written
