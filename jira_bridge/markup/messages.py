"""Make a message's document from its template.

Templates lie in `templates/jira/<language>/<message>.j2`; a company puts its own into JIRA_TEMPLATE_DIR, in
the same order of folders, and they win. What `{{ }}` writes becomes a placeholder before the form is read, so
that values reach the document as inert text whatever they hold.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateSyntaxError, pass_context
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from jira_bridge.markup.clean import MARK_CLOSE, MARK_OPEN, strip_private_use
from jira_bridge.markup.formats import FILTERS
from jira_bridge.markup.nodes import Document
from jira_bridge.markup.parse import parse

MESSAGES = (
    "received", "to_correct", "not_approved", "on_hold", "resumed", "started", "progress", "ready", "failed",
    "cancelled", "changed", "left",
)  # fmt: skip
LANGUAGES = ("en", "de")

_SHIPPED = Path(__file__).resolve().parents[2] / "templates" / "jira"
_VALUES = "values of this message"


def render_message(
    name: str, context: Mapping[str, Any], language: str = "en", *, shipped_only: bool = False
) -> Document:
    """The document of message `name` for `context`; English where the language has no such template.

    `shipped_only` leaves the company's own templates out. Raises jinja2.TemplateError (template missing, variable
    missing, forbidden statement) and FormError; a company's template may raise whatever its expressions raise.
    """
    for word in (name, language):
        if not re.fullmatch(r"[a-z_]{1,40}", word):
            raise ValueError(f"Not a message or language: {word!r}.")
    company_directory = "" if shipped_only else str(settings.JIRA_TEMPLATE_DIR or "")
    template = _environment(company_directory).select_template([f"{language}/{name}.j2", f"en/{name}.j2"])
    values: list[str] = []
    form = template.render({**context, "language": language, _VALUES: values})
    return parse(form, values, language)


def company_faults(examples: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Every template of the company that cannot be used: its path below JIRA_TEMPLATE_DIR, and why.

    Each is tried with an example of its message's context. A file that is no message of a language is named too.
    """
    folder = settings.JIRA_TEMPLATE_DIR
    if not folder:
        return []
    if not Path(folder).is_dir():
        return [(str(folder), "there is no such folder")]
    faults = []
    for path in sorted(Path(folder).rglob("*.j2")):
        shown = path.relative_to(folder)
        if len(shown.parts) != 2 or path.stem not in MESSAGES:
            faults.append((str(shown), "no message has this name; it is never used"))
            continue
        try:
            render_message(path.stem, examples[path.stem], shown.parts[0])
        except Exception as problem:  # noqa: BLE001 - it may raise whatever its expressions raise; all of it is told
            faults.append((str(shown), f"{type(problem).__name__}: {problem}"))
    return faults


@lru_cache(maxsize=8)
def _environment(company_directory: str) -> SandboxedEnvironment:
    directories = [Path(company_directory), _SHIPPED] if company_directory else [_SHIPPED]
    environment = SandboxedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(directory) for directory in directories]),
        undefined=StrictUndefined,
        finalize=_placeholder,
        extensions=[_OwnTextOnly],
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= FILTERS
    return environment


@pass_context
def _placeholder(context: Context, value: Any) -> str:
    """Keep the value aside and write its number. Taking the context also stops Jinja from doing this when it
    compiles a template, where no message is being made."""
    values: list[str] = context[_VALUES]
    values.append("" if value is None else str(value))
    return f"{MARK_OPEN}{len(values) - 1}{MARK_CLOSE}"


class _OwnTextOnly(Extension):
    """Refuses statements that turn output back into text, and placeholders in a template's own text."""

    forbidden = frozenset({"macro", "call", "filter", "import", "from"})

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        return self._checked(stream)

    def _checked(self, stream: TokenStream) -> Iterator[Token]:
        in_set = opens = False
        for token in stream:
            if opens and token.value in self.forbidden:
                problem = f"A message may not use {token.value!r}."
                raise TemplateSyntaxError(problem, token.lineno, stream.name)
            in_set = (in_set or (opens and token.value == "set")) and token.type != "assign"
            if in_set and token.type == "block_end":
                problem = "A message may not capture its own text."
                raise TemplateSyntaxError(problem, token.lineno, stream.name)
            opens = token.type == "block_begin"
            if token.type == "data":
                token = Token(token.lineno, "data", strip_private_use(token.value))
            yield token
