"""Atlassian documents (ADF): checked as Jira checks them, made from plain text and turned into HTML."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup, escape

from sandbox.jira import adf_rules

Node = dict[str, Any]

SAFE_SCHEMES = ("http://", "https://", "mailto:", "/")
PANEL_KINDS = {"info", "note", "warning", "success", "error"}
STATUS_COLORS = {"neutral", "purple", "blue", "red", "yellow", "green"}


def is_document(value: Any) -> bool:
    """Whether Jira would take it: see adf_rules."""
    return not adf_rules.problem(value)


def from_text(text: str) -> Node:
    """Wiki or plain text as a document: one paragraph per block, markup left as it is."""
    paragraphs: list[Node] = []
    for block in text.split("\n\n"):
        lines: list[Node] = []
        for line in block.split("\n"):
            lines += [{"type": "hardBreak"}] if lines else []
            lines += [{"type": "text", "text": line}] if line else []
        paragraphs.append({"type": "paragraph", "content": lines})
    return {"type": "doc", "version": 1, "content": paragraphs}


def to_html(document: Node) -> Markup:
    """The document as Jira would show it. Everything is escaped, links keep only harmless schemes."""
    return _children(document)


def _children(node: Node) -> Markup:
    return Markup("").join(_node(child) for child in node.get("content") or ())


def _node(node: Node) -> Markup:
    kind = node.get("type", "")
    if kind in RENDERERS:
        return RENDERERS[kind](node, node.get("attrs") or {})
    if kind in TAGS:
        return Markup("<{0}>{1}</{0}>").format(Markup(TAGS[kind]), _children(node))
    return Markup('<span class="adf-unknown">{}</span>').format(f"[{kind}]")


TAGS = {
    "paragraph": "p",
    "bulletList": "ul",
    "listItem": "li",
    "tableRow": "tr",
    "blockquote": "blockquote",
    "taskList": "ul",
    "decisionList": "ul",
    "taskItem": "li",
    "decisionItem": "li",
}


def _text(node: Node, attrs: Node) -> Markup:
    html = escape(node.get("text", ""))
    for mark in node.get("marks") or ():
        html = _marked(html, mark.get("type", ""), mark.get("attrs") or {})
    return html


def _marked(html: Markup, kind: str, attrs: Node) -> Markup:
    tag = {"strong": "strong", "em": "em", "code": "code", "underline": "u", "strike": "s"}.get(kind)
    if tag:
        return Markup("<{0}>{1}</{0}>").format(Markup(tag), html)
    if kind == "subsup":
        return Markup("<{0}>{1}</{0}>").format("sup" if attrs.get("type") == "sup" else "sub", html)
    if kind == "link":
        return link(attrs.get("href", ""), html)
    if kind in ("textColor", "backgroundColor"):
        color = str(attrs.get("color", ""))
        if len(color) == 7 and color[0] == "#" and all(c in "0123456789abcdefABCDEF" for c in color[1:]):
            return Markup('<span data-{}="{}">{}</span>').format(kind.lower(), color, html)
    return html


def link(href: str, label: Markup) -> Markup:
    """A link, or just its label when the address could do anything but open a page."""
    if not str(href).lower().startswith(SAFE_SCHEMES):
        return label
    return Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>').format(href, label)


def _heading(node: Node, attrs: Node) -> Markup:
    level = attrs.get("level")
    tag = Markup(f"h{level if level in range(1, 7) else 3}")
    return Markup("<{0}>{1}</{0}>").format(tag, _children(node))


def _ordered(node: Node, attrs: Node) -> Markup:
    order = attrs.get("order")
    return Markup('<ol start="{}">{}</ol>').format(order if isinstance(order, int) else 1, _children(node))


def _table(node: Node, attrs: Node) -> Markup:
    return Markup('<div class="table-scroll"><table>{}</table></div>').format(_children(node))


def _cell(node: Node, attrs: Node) -> Markup:
    tag = Markup("th" if node["type"] == "tableHeader" else "td")
    spans = {name: attrs[name] for name in ("colspan", "rowspan") if isinstance(attrs.get(name), int)}
    extra = Markup("").join(Markup(' {}="{}"').format(name, value) for name, value in spans.items())
    return Markup("<{0}{1}>{2}</{0}>").format(tag, extra, _children(node))


def _panel(node: Node, attrs: Node) -> Markup:
    kind = attrs.get("panelType")
    return Markup('<div class="panel panel-{}">{}</div>').format(
        kind if kind in PANEL_KINDS else "info", _children(node)
    )


def _code(node: Node, attrs: Node) -> Markup:
    return Markup("<pre><code>{}</code></pre>").format(_children(node))


def _expand(node: Node, attrs: Node) -> Markup:
    title = attrs.get("title") or "More"
    return Markup("<details><summary>{}</summary>{}</details>").format(title, _children(node))


def _status(node: Node, attrs: Node) -> Markup:
    color = attrs.get("color")
    return Markup('<span class="lozenge lozenge-{}">{}</span>').format(
        color if color in STATUS_COLORS else "neutral", attrs.get("text", "")
    )


def _mention(node: Node, attrs: Node) -> Markup:
    name = str(attrs.get("text") or attrs.get("id", "")).lstrip("@")
    return Markup('<span class="mention">@{}</span>').format(name)


def _emoji(node: Node, attrs: Node) -> Markup:
    return Markup('<span class="emoji">{}</span>').format(attrs.get("text") or attrs.get("shortName", ""))


def _card(node: Node, attrs: Node) -> Markup:
    url = str(attrs.get("url", ""))
    return link(url, escape(url))


RENDERERS: dict[str, Callable[[Node, Node], Markup]] = {
    "text": _text,
    "heading": _heading,
    "orderedList": _ordered,
    "table": _table,
    "tableCell": _cell,
    "tableHeader": _cell,
    "panel": _panel,
    "codeBlock": _code,
    "expand": _expand,
    "nestedExpand": _expand,
    "status": _status,
    "mention": _mention,
    "emoji": _emoji,
    "inlineCard": _card,
    "blockCard": _card,
    "date": lambda node, attrs: Markup("<time>{}</time>").format(attrs.get("timestamp", "")),
    "hardBreak": lambda node, attrs: Markup("<br>"),
    "rule": lambda node, attrs: Markup("<hr>"),
}
