"""A baseline as a document: which steps are on, with which parameters, per environment. Every word is checked."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from vending.baselines.dependencies import dangling
from vending.baselines.lines import Lines
from vending.models import Baseline, BaselineStep
from vending.steps import registry

PYDANTIC_PREFIX = "Value error, "


class Setting(BaseModel):
    """A step switched on or off with its parameters."""

    model_config = ConfigDict(extra="forbid")
    enabled: bool = True
    parameters: dict[str, Any] = Field(default_factory=dict)


class StepEntry(Setting):
    """A step for every environment, and where single environments differ: there its own parameters count alone."""

    environments: dict[str, Setting] = Field(default_factory=dict)

    def settings(self) -> dict[str, Setting]:
        """By environment; the empty one stands for all that are not named."""
        return {"": self, **self.environments}


class Document(BaseModel):
    """The YAML file of a baseline."""

    model_config = ConfigDict(extra="forbid")
    note: str = ""
    steps: dict[str, StepEntry]

    def enabled(self, environment: str) -> set[str]:
        """The steps that an account of this environment gets."""
        chosen = {name: entry.environments.get(environment, entry) for name, entry in self.steps.items()}
        return {name for name, setting in chosen.items() if setting.enabled}

    def environments(self) -> list[str]:
        """Every environment that a step names."""
        return sorted({name for entry in self.steps.values() for name in entry.environments})


@dataclass(frozen=True)
class Flaw:
    """One thing that is wrong in a document: the path to it, a sentence, and its line where there is a file."""

    path: tuple[str | int, ...]
    sentence: str
    line: int = 0

    def __str__(self) -> str:
        where = ".".join(str(part) for part in self.path if part not in ("steps", "parameters", "environments"))
        at = f"Line {self.line}: " if self.line else ""
        return f"{at}{where}: {self.sentence}" if where else at + self.sentence


class BaselineFault(Exception):
    """The file cannot be a baseline; `flaws` says each thing that is wrong."""

    def __init__(self, flaws: list[Flaw]) -> None:
        self.flaws = flaws
        super().__init__("\n".join(str(flaw) for flaw in flaws))


def read(text: str) -> Document:
    """Parse and check a baseline file. Raises BaselineFault with all flaws and their lines."""
    try:
        lines = Lines(text)
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BaselineFault([unreadable(error)]) from error
    try:
        twice = [
            Flaw(path, _("This stands here twice; only one of them would count."), lines.of(path))
            for path in lines.repeated
        ]
        if twice:
            raise BaselineFault(twice)
        return check(raw)
    except BaselineFault as fault:
        raise BaselineFault([Flaw(each.path, each.sentence, lines.of(each.path)) for each in fault.flaws]) from fault


def unreadable(error: yaml.YAMLError) -> Flaw:
    """What YAML says about a text, in the words of a flaw."""
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    return Flaw(
        (),
        _("This is not a baseline file, for it is not YAML: {problem}.").format(problem=problem),
        mark.line + 1 if mark else 0,
    )


def check(raw: Any) -> Document:
    """The document that this data is. Raises BaselineFault."""
    if not isinstance(raw, dict):
        raise BaselineFault([Flaw((), _("This is not a baseline file: it must be a mapping with “steps”."))])
    try:
        document = Document.model_validate(raw)
    except ValidationError as error:
        raise BaselineFault([Flaw(found["loc"], _words(found)) for found in error.errors()]) from error
    flaws = [*_unknown_steps(document), *_wrong_parameters(document)]
    flaws = flaws or [Flaw(("steps", step), sentence) for step, sentence in dangling(document)]
    if flaws:
        raise BaselineFault(flaws)
    return document


def _unknown_steps(document: Document) -> Iterator[Flaw]:
    for name in document.steps:
        if name not in registry.BY_NAME:
            yield Flaw(
                ("steps", name),
                _("There is no step “{name}”. Steps are: {steps}.").format(
                    name=name, steps=", ".join(registry.BY_NAME)
                ),
            )


def _wrong_parameters(document: Document) -> Iterator[Flaw]:
    for name, entry in document.steps.items():
        if name not in registry.BY_NAME:
            continue
        for environment, setting in entry.settings().items():
            place = ("environments", environment) if environment else ()
            try:
                registry.BY_NAME[name].Parameters(**setting.parameters)
            except ValidationError as error:
                for found in error.errors():
                    yield Flaw(("steps", name, *place, "parameters", *found["loc"]), _words(found))


def _words(found: ErrorDetails) -> str:
    """What pydantic says, except where it speaks of its own classes."""
    if found["type"] == "model_type":
        return _("Write a mapping here, or {} for the defaults.")
    return found["msg"].removeprefix(PYDANTIC_PREFIX)


def of_baseline(baseline: Baseline) -> Document:
    """A version as a document."""
    steps: dict[str, StepEntry] = {}
    for row in sorted(baseline.steps.all(), key=lambda row: row.pk):
        if row.environment:
            setting = Setting(enabled=row.enabled, parameters=row.parameters)
            steps.setdefault(row.step, StepEntry()).environments[row.environment] = setting
        else:
            steps[row.step] = StepEntry(enabled=row.enabled, parameters=row.parameters)
    return Document(note=baseline.note, steps=steps)


def rows(baseline: Baseline, document: Document) -> list[BaselineStep]:
    """The document's rows of a version, not saved."""
    return [
        BaselineStep(
            baseline=baseline, step=name, environment=environment, enabled=setting.enabled,
            parameters=setting.parameters,
        )
        for name, entry in document.steps.items()
        for environment, setting in entry.settings().items()
    ]  # fmt: skip


def as_yaml(document: Document) -> str:
    """The document as a file that read() takes back unchanged."""
    content = document.model_dump(exclude_defaults=True)
    content["steps"] = {name: content["steps"].get(name, {}) for name in document.steps}
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
