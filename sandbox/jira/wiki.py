"""Jira's wiki notation as HTML: the part a portal and people use. All text is escaped on the way."""

import re
from collections.abc import Callable

from markupsafe import Markup, escape

from sandbox.jira.adf import link

MACRO = re.compile(r"\{(code|noformat|panel|quote)(?::([^}\n]*))?\}\n?(.*?)\{\1\}\n?", re.DOTALL)
HEADING = re.compile(r"^\s*h([1-6])\.\s+(.*)$")
ITEM = re.compile(r"^\s*([*#]+|-)\s+(.*)$")
RULE = re.compile(r"^\s*-{4,}\s*$")

# The characters Jira lets a backslash protect; before anything else the backslash stays visible.
ESCAPABLE = r"-#*_+?^~|%{}\[\]()!@"
INLINE = re.compile(
    rf"""
    (?P<escaped>\\[{ESCAPABLE}])
  | (?P<newline>\\\\|\n)
  | (?P<mono>\{{\{{(?P<mono_text>.+?)\}}\}})
  | (?P<mention>\[~(?:accountid:)?(?P<person>[^\]\n]+)\])
  | (?P<link>\[(?:(?P<label>(?:\\.|[^\]|\n\\])+)\|)?(?P<url>[^\]|\n\s]+)\])
  | (?P<color>\{{color:(?P<shade>[#\w]+)\}}(?P<colored>.*?)\{{color\}})
  | (?P<auto>\b(?:https?|ftp|mailto):[^\s|\]<>"{{}}]+)
  | (?<![\w*])(?P<bold>\*(?P<bold_text>\S(?:[^*\n]*?[^\s*\\])?)\*)(?![\w*])
  | (?<![\w_])(?P<italic>_(?P<italic_text>\S(?:[^_\n]*?[^\s_\\])?)_)(?![\w_])
  | (?<![\w-])(?P<strike>-(?P<strike_text>[^\s-](?:[^-\n]*?[^\s\\-])?)-)(?![\w-])
  | (?<![\w+])(?P<under>\+(?P<under_text>[^\s+](?:[^+\n]*?[^\s\\+])?)\+)(?![\w+])
  | (?P<sign>\((?:/|x|!|i|\?|y|n|\*)\))
  | (?P<image>!(?P<file>[^\s!|]+\.\w+)(?:\|[^!\n]*)?!)
    """,
    re.VERBOSE | re.DOTALL,
)
SIGNS = {"(/)": "✅", "(x)": "❌", "(!)": "⚠️", "(i)": "ℹ️", "(?)": "❔", "(y)": "👍", "(n)": "👎", "(*)": "⭐"}  # noqa: RUF001


Renderer = Callable[[re.Match[str]], Markup]


def to_html(text: str) -> Markup:
    """The text as Jira's renderer would show it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    result, position = Markup(""), 0
    for macro in MACRO.finditer(text):
        if macro.start() < position or text[: macro.start()].endswith("\\"):
            continue
        result += _blocks(text[position : macro.start()]) + _macro(macro[1], macro[2] or "", macro[3])
        position = macro.end()
    return result + _blocks(text[position:])


def _macro(kind: str, settings: str, body: str) -> Markup:
    if kind in ("code", "noformat"):
        return Markup("<pre><code>{}</code></pre>").format(body.strip("\n"))
    if kind == "quote":
        return Markup("<blockquote>{}</blockquote>").format(_blocks(body))
    title = re.search(r"title=([^|]*)", settings)
    head = Markup("<p><strong>{}</strong></p>").format(title[1]) if title else ""
    return Markup('<div class="panel panel-note">{}{}</div>').format(head, to_html(body))


def _blocks(text: str) -> Markup:
    result = Markup("")
    lines = text.split("\n")
    while lines:
        line = lines[0]
        heading = HEADING.match(line)
        if not line.strip():
            lines.pop(0)
        elif heading:
            lines.pop(0)
            result += Markup("<{0}>{1}</{0}>").format(Markup(f"h{heading[1]}"), inline(heading[2]))
        elif RULE.match(line):
            lines.pop(0)
            result += Markup("<hr>")
        elif line.lstrip().startswith("bq. "):
            result += Markup("<blockquote><p>{}</p></blockquote>").format(inline(lines.pop(0).lstrip()[4:]))
        elif ITEM.match(line):
            result += _list(_take(lines, lambda entry: bool(ITEM.match(entry))), 1)
        elif line.lstrip().startswith("|"):
            result += _table(_take(lines, lambda entry: entry.lstrip().startswith("|")))
        else:
            result += Markup("<p>{}</p>").format(inline("\n".join(_take(lines, _is_paragraph))))
    return result


def _take(lines: list[str], fits: Callable[[str], bool]) -> list[str]:
    taken = [lines.pop(0)]
    while lines and fits(lines[0]):
        taken.append(lines.pop(0))
    return taken


def _is_paragraph(line: str) -> bool:
    starts = (
        HEADING.match(line),
        RULE.match(line),
        ITEM.match(line),
        line.lstrip().startswith(("|", "bq. ")),
    )
    return bool(line.strip()) and not any(starts)


def _list(lines: list[str], depth: int) -> Markup:
    items: list[tuple[str, str, list[str]]] = []
    for line in lines:
        match = ITEM.match(line)
        if match and (len(match[1]) <= depth or not items):
            items.append((match[1], match[2], []))
        else:
            items[-1][2].append(line)
    tag = Markup("ol" if items[0][0].endswith("#") else "ul")
    body = Markup("").join(
        Markup("<li>{}{}</li>").format(inline(text), _list(below, depth + 1) if below else "")
        for _, text, below in items
    )
    return Markup("<{0}>{1}</{0}>").format(tag, body)


def _table(lines: list[str]) -> Markup:
    return Markup('<div class="table-scroll"><table>{}</table></div>').format(Markup("").join(map(_row, lines)))


def _row(line: str) -> Markup:
    """Cells between bars, headers after two bars. Bars in links and after a backslash are text."""
    parts = re.findall(r"(\|\|?)((?:\\.|\[[^\]\n]*\]|[^|\\]|\\$)*)", line.strip())
    if parts and not parts[-1][1].strip():
        parts.pop()
    return Markup("<tr>{}</tr>").format(
        Markup("").join(
            Markup("<{0}>{1}</{0}>").format(Markup("th" if bars == "||" else "td"), inline(text.strip()))
            for bars, text in parts
        )
    )


def inline(text: str) -> Markup:
    result, position = Markup(""), 0
    for match in INLINE.finditer(text):
        result += escape(text[position : match.start()]) + _inline(match)
        position = match.end()
    return result + escape(text[position:])


def _inline(match: re.Match[str]) -> Markup:
    kind = next(name for name in RENDERERS if match[name])
    return RENDERERS[kind](match)


def _styled(tag: str, group: str) -> Renderer:
    html = Markup(f"<{tag}>{{}}</{tag}>")
    return lambda match: html.format(inline(match[group]))


def _chip(text: str, css: str) -> Markup:
    return Markup('<span class="{}">{}</span>').format(css, text)


def _mono(match: re.Match[str]) -> Markup:
    return Markup("<code>{}</code>").format(re.sub(rf"\\([{ESCAPABLE}])", r"\1", match["mono_text"]))


def _link(label: str | None, url: str, source: str) -> Markup:
    if not re.match(r"(?i)(https?|mailto):|/", url):
        return escape(source)
    return link(url, inline(label) if label else escape(url))


RENDERERS: dict[str, Renderer] = {
    "escaped": lambda match: escape(match["escaped"][1:]),
    "newline": lambda match: Markup("<br>"),
    "mono": _mono,
    "mention": lambda match: _chip("@" + match["person"], "mention"),
    "link": lambda match: _link(match["label"], match["url"], match["link"]),
    "color": lambda match: Markup("<span>{}</span>").format(inline(match["colored"])),
    "auto": lambda match: link(match["auto"], escape(match["auto"])),
    "sign": lambda match: _chip(SIGNS[match["sign"]], "emoji"),
    "image": lambda match: _chip("image " + match["file"], "lozenge lozenge-neutral"),
    "bold": _styled("strong", "bold_text"),
    "italic": _styled("em", "italic_text"),
    "strike": _styled("del", "strike_text"),
    "under": _styled("ins", "under_text"),
}
