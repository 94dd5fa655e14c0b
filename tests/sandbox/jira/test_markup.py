"""Wiki notation and Atlassian documents become the HTML people would see in Jira."""

import pytest

from sandbox.jira import adf, adf_wiki, wiki


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("h2. Ready", "<h2>Ready</h2>"),
        ("*bold* and _soft_", "<p><strong>bold</strong> and <em>soft</em></p>"),
        (r"\*not bold\*", "<p>*not bold*</p>"),
        (r"\[not|a link\]", "<p>[not|a link]</p>"),
        ("{{mono}}", "<p><code>mono</code></p>"),
        ("* a\n** b\n* c", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
        ("# a\n# b", "<ol><li>a</li><li>b</li></ol>"),
        ("{code}a *b*{code}", "<pre><code>a *b*</code></pre>"),
        ("{noformat}<b>{noformat}", "<pre><code>&lt;b&gt;</code></pre>"),
        ("----", "<hr>"),
        ("a\nb", "<p>a<br>b</p>"),
        ("2 * 3 * 4", "<p>2 * 3 * 4</p>"),
        ("snake_case_name", "<p>snake_case_name</p>"),
        ("[x|javascript:alert(1)]", "<p>[x|javascript:alert(1)]</p>"),
    ],
)
def test_wiki_notation(text: str, html: str) -> None:
    assert str(wiki.to_html(text)) == html


def test_a_wiki_link_opens_its_address() -> None:
    assert '<a href="https://example.com/x" rel="noopener noreferrer nofollow">here</a>' in wiki.to_html(
        "[here|https://example.com/x]"
    )


def test_a_wiki_table_has_headers_and_cells() -> None:
    html = wiki.to_html("||A||B||\n|1|2|")
    assert "<tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr>" in html


def paragraph(text: str, *marks: dict[str, object]) -> dict[str, object]:
    return {"type": "paragraph", "content": [{"type": "text", "text": text, "marks": list(marks)}]}


def doc(*content: dict[str, object]) -> dict[str, object]:
    return {"type": "doc", "version": 1, "content": list(content)}


def test_a_document_keeps_its_marks_and_panels() -> None:
    panel = {
        "type": "panel",
        "attrs": {"panelType": "success"},
        "content": [paragraph("ok", {"type": "strong"})],
    }
    assert str(adf.to_html(doc(panel))) == ('<div class="panel panel-success"><p><strong>ok</strong></p></div>')


@pytest.mark.parametrize(
    "body",
    [
        None,
        "text",
        {},
        {"type": "doc", "version": 2, "content": []},
        doc({"type": "nonsense"}),
        doc(paragraph("")),
    ],
)
def test_what_jira_would_not_take_is_no_document(body: object) -> None:
    assert not adf.is_document(body)


def test_a_document_reads_as_wiki_text() -> None:
    item = {"type": "listItem", "content": [paragraph("a", {"type": "code"})]}
    body = doc(paragraph("Hello", {"type": "strong"}), {"type": "bulletList", "content": [item, item]})
    assert adf_wiki.to_wiki(body) == "*Hello*\n\n* {{a}}\n* {{a}}"
