"""The texts that people read, gathered from code, templates and tables, and their German in locale/.

`make messages` gathers; tests hold the catalogue against what is gathered. No gettext programs are needed: Babel,
which only those two need, reads and writes the files.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation.template import templatize

PACKAGES = ("audit", "compliance", "jira_bridge", "portal", "taskqueue", "vending")
ROOT: Path = settings.BASE_DIR
GERMAN = ROOT / "locale" / "de" / "LC_MESSAGES" / "django.po"

Key = str | tuple[str, str]
Found = tuple[str | None, Key]
"""The context of a text, and the text: a pair where there is a plural."""

ONE, PLURAL, CONTEXT, BOTH = (None, 0, None), (None, 0, 1), (0, 1, None), (0, 1, 2)
CALLS: dict[str, tuple[int | None, int, int | None]] = {
    "_": ONE, "gettext": ONE, "gettext_lazy": ONE, "gettext_noop": ONE,
    "ngettext": PLURAL, "ngettext_lazy": PLURAL, "pgettext": CONTEXT, "pgettext_lazy": CONTEXT,
    "npgettext": BOTH, "npgettext_lazy": BOTH,
}  # fmt: skip
"""Where in a call's arguments the context stands, the text, and its plural."""

_LITERAL = r"""u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_IN_TEMPLATE = re.compile(rf"\b(_|n?p?gettext)\(\s*({_LITERAL}(?:\s*,\s*{_LITERAL})*)")


def gathered() -> dict[Found, set[str]]:
    """Every text with the files it stands in."""
    found: dict[Found, set[str]] = {}
    for file, texts in [*_in_code(), *_in_templates(), *_in_tables()]:
        for text in texts:
            found.setdefault(text, set()).add(file)
    return found


def _in_code() -> Iterator[tuple[str, list[Found]]]:
    for path in sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        if "migrations" not in path.parts:
            calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
            yield str(path.relative_to(ROOT)), [text for call in calls if (text := _of_call(call))]


def _of_call(call: ast.Call) -> Found | None:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    arguments = [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return _text(name, arguments) if name in CALLS and arguments else None


def _in_templates() -> Iterator[tuple[str, list[Found]]]:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        calls = _IN_TEMPLATE.findall(templatize(path.read_text()))
        yield (
            str(path.relative_to(ROOT)),
            [_text(name, [ast.literal_eval(each) for each in re.findall(_LITERAL, given)]) for name, given in calls],
        )


def _text(name: str, arguments: list[str]) -> Found:
    context, one, many = CALLS[name]
    key: Key = arguments[one] if many is None else (arguments[one], arguments[many])
    return (None if context is None else arguments[context]), key


def _in_tables() -> Iterator[tuple[str, list[Found]]]:
    """What a step's parameters mean, and what AWS's errors mean: texts of one table each, said where they are shown."""
    from vending.aws import error_tables
    from vending.steps import registry

    for step in registry.STEPS:
        fields = step.Parameters.model_fields.values()
        yield (
            f"{step.__module__.replace('.', '/')}.py",
            [(None, field.description) for field in fields if field.description],
        )
    yield "vending/aws/error_tables.py", [(None, sentence) for sentence in _sentences(vars(error_tables))]


def _sentences(tables: Any) -> Iterator[str]:
    """The sentences of rows (kind, sentence), however deep the tables hold them."""
    from vending.aws.error_tables import Kind

    if isinstance(tables, dict):
        for name, each in tables.items():
            if isinstance(each, str) and str(name).endswith("_SENTENCE"):
                yield each
            yield from _sentences(each)
    elif isinstance(tables, tuple):
        if len(tables) == 2 and isinstance(tables[0], Kind) and isinstance(tables[1], str):
            yield tables[1]
        for each in tables:
            yield from _sentences(each)
