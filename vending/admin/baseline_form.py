"""The form of a baseline, made from what each step says of its parameters."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import yaml
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pydantic.fields import FieldInfo

from vending.baselines.document import BaselineFault, Document, Flaw, StepEntry, check, unreadable
from vending.baselines.lines import Lines
from vending.engine.step import Step
from vending.sentences import in_language
from vending.steps import registry

INPUT = {"class": "av-input"}


class YamlField(forms.Field):
    """A nested value, written as YAML; `cleaned_data` holds what the YAML says."""

    def __init__(self, *, empty: Any = None, **kwargs: Any) -> None:
        rows = kwargs.pop("rows", 4)
        super().__init__(widget=forms.Textarea(attrs={**INPUT, "rows": rows, "spellcheck": "false"}), **kwargs)
        self.empty = empty

    def prepare_value(self, value: Any) -> str:
        if isinstance(value, str):
            return value
        return yaml.safe_dump(value, sort_keys=False, allow_unicode=True).strip() if value else ""

    def to_python(self, value: Any) -> Any:
        text = str(value or "")
        try:
            lines, parsed = Lines(text), yaml.safe_load(text)
        except yaml.YAMLError as error:
            said = gettext("Line {line}: this is not YAML.").format(line=unreadable(error).line)
            raise forms.ValidationError(said) from error
        for path in lines.repeated:
            said = gettext("Line {line}: “{key}” stands here twice.").format(line=lines.of(path), key=path[-1])
            raise forms.ValidationError(said)
        return self.empty if parsed is None else parsed


class LinesField(forms.Field):
    """A list of texts, one a line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={**INPUT, "rows": 3, "spellcheck": "false"}), **kwargs)

    def prepare_value(self, value: Any) -> str:
        return value if isinstance(value, str) else "\n".join(value or [])

    def to_python(self, value: Any) -> list[str]:
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]


@dataclass(frozen=True)
class StepFields:
    """What the page shows of one step."""

    name: str
    title: str
    switch: forms.BoundField
    parameters: list[forms.BoundField]
    environments: forms.BoundField

    @property
    def faulty(self) -> bool:
        return any(field.errors for field in (self.switch, *self.parameters, self.environments))


class BaselineForm(forms.Form):
    """Every step that this version of the portal knows; `document` is what the form says, once it is valid."""

    note = forms.CharField(
        label=_("Why this version is made"),
        max_length=500,
        help_text=_("Kept with the version for good."),
        widget=forms.Textarea(attrs={**INPUT, "rows": 2}),
    )

    def __init__(self, base: Document, data: Any = None) -> None:
        self.base = base
        super().__init__(data, label_suffix="")
        self.document: Document | None = None
        for step in registry.STEPS:
            self._add_step(step, base.steps.get(step.name, StepEntry(enabled=False)))

    def _add_step(self, step: type[Step], entry: StepEntry) -> None:
        self.fields[f"{step.name}:on"] = forms.BooleanField(
            label=in_language(step.title), required=False, initial=entry.enabled
        )
        for name, parameter in step.Parameters.model_fields.items():
            field = _field(parameter)
            field.label, field.help_text = name, in_language(parameter.description or "")
            field.initial = entry.parameters.get(name, _default(parameter))
            self.fields[f"{step.name}.{name}"] = field
        self.fields[f"{step.name}:environments"] = YamlField(
            label=_("In single environments"),
            help_text=_("By name: {enabled: false}, or {parameters: {…}}, which then count alone."),
            required=False,
            empty={},
            initial={name: each.model_dump(exclude_defaults=True) for name, each in entry.environments.items()},
        )

    def steps(self) -> Iterator[StepFields]:
        for step in registry.STEPS:
            yield StepFields(
                name=step.name,
                title=in_language(step.title),
                switch=self[f"{step.name}:on"],
                parameters=[self[f"{step.name}.{name}"] for name in step.Parameters.model_fields],
                environments=self[f"{step.name}:environments"],
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        try:
            self.document = check({"note": cleaned["note"], "steps": self._entries(cleaned)})
        except BaselineFault as fault:
            for flaw in fault.flaws:
                self._put(flaw)
        return cleaned

    def _entries(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """Only what says something: a step that is off, and was not named before, stays unnamed."""
        entries = {}
        for step in registry.STEPS:
            base = self.base.steps.get(step.name)
            written = base.parameters if base else {}
            parameters = {
                name: cleaned[f"{step.name}.{name}"]
                for name, parameter in step.Parameters.model_fields.items()
                if name in written or cleaned[f"{step.name}.{name}"] != _default(parameter)
            }
            on, environments = cleaned[f"{step.name}:on"], cleaned[f"{step.name}:environments"]
            if base or on or parameters or environments:
                entries[step.name] = {"enabled": on, "parameters": parameters, "environments": environments}
        return entries

    def _put(self, flaw: Flaw) -> None:
        """Say it at the field that it is about, with the line within the field."""
        _steps, step, part, *inner = (*flaw.path, "", "")[: max(len(flaw.path), 3)]
        parameter = f"{step}.{inner[0]}" if inner else ""
        if f"{step}:on" not in self.fields:
            self.add_error(None, str(flaw))
        elif part == "environments":
            self.add_error(f"{step}:environments", self._with_line(f"{step}:environments", inner, flaw.sentence))
        elif part == "parameters" and parameter in self.fields:
            self.add_error(parameter, self._with_line(parameter, inner[1:], flaw.sentence))
        else:
            self.add_error(f"{step}:on", flaw.sentence)

    def _with_line(self, name: str, inner: list[str | int], sentence: str) -> str:
        field, text = self.fields[name], str(self[name].value() or "")
        line = 0
        if isinstance(field, LinesField) and inner and isinstance(inner[0], int):
            line = inner[0] + 1
        elif isinstance(field, YamlField) and inner:
            line = Lines(text).of(tuple(inner))
        if not line:
            return sentence
        return gettext("Line {line}: {sentence}").format(line=line, sentence=sentence)


def _field(parameter: FieldInfo) -> forms.Field:
    """A field as simple as the parameter's type allows."""
    kind = parameter.annotation
    if kind is bool:
        return forms.BooleanField(required=False)
    if kind is int:
        return forms.IntegerField(widget=forms.NumberInput(attrs=INPUT))
    if kind is float:
        return forms.FloatField(widget=forms.NumberInput(attrs={**INPUT, "step": "any"}))
    if kind is str:
        return forms.CharField(required=False, widget=forms.TextInput(attrs=INPUT))
    if get_origin(kind) is Literal:
        choices = [(value, value) for value in get_args(kind)]
        return forms.ChoiceField(choices=choices, widget=forms.Select(attrs=INPUT))
    if get_origin(kind) is list and _is_text(get_args(kind)[0]):
        return LinesField(required=False)
    empty = None if NoneType in get_args(kind) else _empty(kind)
    return YamlField(required=False, empty=empty)


def _is_text(kind: Any) -> bool:
    """str, or an annotated str such as a pattern."""
    return kind is str or (hasattr(kind, "__metadata__") and kind.__origin__ is str)


def _empty(kind: Any) -> Any:
    return [] if get_origin(kind) in (list, tuple) else {}


def _default(parameter: FieldInfo) -> Any:
    """The default as plain data, as a file would say it."""
    default = parameter.get_default(call_default_factory=True)
    return default.model_dump(mode="json") if hasattr(default, "model_dump") else default
