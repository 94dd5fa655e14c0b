"""Texts that try to become markup, and the contexts of a template that values stand in."""

from hypothesis import strategies as st

from jira_bridge.markup.parse import parse

ATOMS = (
    *"*_-+^~?#{}[]()!|\\@`<>&%$:;/\"' \t\n\r",
    *("--", "---", "----", "\n\n", "\r\n", "\u2028", "\x85", "\x00", "\x1b[0m", "??", "||", "\\\\", "\\n"),
    *("{code}", "{code:java}", "{noformat}", "{NoFormat}", "{quote}", "{panel:title=x}", "{color:red}"),
    *("{adf}", "{html}", "{anchor:a}", "{loremipsum}", "{{", "}}", "[a|http://evil.example]", "![x](y)"),
    *("[~admin]", "[~accountid:557058:1]", "[^file.txt]", "!image.png!", "[a](https://evil.example)"),
    *("h1. ", "h6.", "bq. ", "# ", "* ", "- ", "1. ", "> [!error]", "```", "**b**", "| a | b |"),
    *(
        ":)",
        ":(",
        ":-)",
        ";)",
        ":D",
        ":P",
        "(y)",
        "(n)",
        "(i)",
        "(/)",
        "(x)",
        "(!)",
        "(*r)",
        "(on)",
        "(flag)",
    ),
    *("http://evil.example", "https://a.b/c?d", "ftp://a", "irc://a", "mailto:a@b.example", "javascript:1"),
    *("jamfselfservice://a", "&amp;", "&#123;", "<3", "</3", "<script>", "ABC-12", "@all", "{{ 7*7 }}"),
    *("{% raw %}", "{#", "\ue000", "\ue001", "\ue0000\ue001", "\U000f0000", "\ud800", "\ufdd0", "\ufeff"),
    *("\u202e", "\u2066", "\u200f", "שלום", "👩\u200d💻", "\u200b", "e\u0301", "ß", "word", "7"),
)

hostile_texts = st.lists(
    st.one_of(st.sampled_from(ATOMS), st.characters(), st.sampled_from("abc 123")), max_size=12
).map("".join)

CONTEXTS = {
    "paragraph": "Before {} after.",
    "whole paragraph": "{}",
    "two values side by side": "{}{}",
    "after a label": "**Name:** {}",
    "around strong words": "{} **Name** {}",
    "inside strong words": "Say **name {} here** now",
    "heading": "## About {}",
    "bullet": "- one\n- {}\n- three",
    "number": "1. {}\n2. two",
    "table cell": "| A | B |\n| x | {} |\n| {} | y |",
    "table header": "| A | {} |\n| x | y |",
    "panel": "> [!info]\n> Note: {}\n>\n> - {}",
    "code block": "```\nid: {}\n```",
    "code span": "The id `{}` counts.",
    "link text": "See [{}](https://portal.example.com/a) now",
    "after a line break": "First\\\n{}",
}


def document(context, *values):
    """The document of a context, its gaps filled by the values in turn; the last one fills what is left."""
    form = CONTEXTS[context]
    gaps = form.count("{}")
    for index in range(gaps):
        form = form.replace("{}", f"\ue000{index}\ue001", 1)
    return parse(form, [*values, *[values[-1]] * gaps][:gaps])
