"""Baselines as YAML: import makes a new version, export writes one back; both check every word."""

from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.db.models import Max
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from audit.services import Actor, record_event
from taskqueue import clock
from vending.models import Baseline, BaselineStep
from vending.steps import registry

DEFAULT = Path(__file__).parent.parent / "baselines" / "default.yaml"


class Setting(BaseModel):
    """A step switched on or off with its parameters."""

    model_config = ConfigDict(extra="forbid")
    enabled: bool = True
    parameters: dict[str, Any] = Field(default_factory=dict)


class StepEntry(Setting):
    """A step for every environment, and where single environments differ."""

    environments: dict[str, Setting] = Field(default_factory=dict)


class Document(BaseModel):
    """The YAML file of a baseline."""

    model_config = ConfigDict(extra="forbid")
    note: str = ""
    steps: dict[str, StepEntry]


class BaselineFault(Exception):
    """The file cannot be a baseline; one line for each fault."""


def read_document(text: str) -> Document:
    """Parse and check a baseline file, each step's parameters too. Raises BaselineFault with all faults."""
    try:
        document = Document.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise BaselineFault(f"This is not a baseline file: {error}") from error
    faults = []
    for name, entry in document.steps.items():
        if name not in registry.BY_NAME:
            faults.append(f"There is no step “{name}”. Steps are: {', '.join(registry.BY_NAME)}.")
            continue
        for setting in [entry, *entry.environments.values()]:
            try:
                registry.BY_NAME[name].Parameters(**setting.parameters)
            except ValidationError as error:
                faults += [f"{name}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
    if faults:
        raise BaselineFault("\n".join(faults))
    return document


@transaction.atomic
def import_baseline(*, text: str, actor: Actor, note: str = "") -> tuple[Baseline, bool]:
    """Make a new version from a file; a file equal to the newest version makes none.

    Returns the baseline and whether it is new. Raises BaselineFault and then changes nothing.
    """
    document = read_document(text)
    newest = Baseline.objects.order_by("-version").first()
    if newest is not None and _document(newest).steps == document.steps:
        return newest, False
    version = (Baseline.objects.aggregate(newest=Max("version"))["newest"] or 0) + 1
    baseline = Baseline.objects.create(
        version=version, note=note or document.note, created_at=clock.now(), created_by=actor.name
    )
    BaselineStep.objects.bulk_create(_rows(baseline, document))
    record_event(
        actor=actor, action="baseline.imported", summary=f"Baseline {version} was imported. {baseline.note}".strip(),
        target_kind="baseline", target_id=baseline.pk,
        after={name: entry.model_dump() for name, entry in document.steps.items()},
    )  # fmt: skip
    return baseline, True


@transaction.atomic
def ensure_first_baseline() -> None:
    """Version 1 of a new installation: the product's own. Does nothing where there is any baseline."""
    if Baseline.objects.exists():
        return
    document = read_document(DEFAULT.read_text(encoding="utf-8"))
    baseline = Baseline.objects.create(
        version=1, note=document.note, created_at=clock.now(), created_by="Account Vending Portal"
    )
    BaselineStep.objects.bulk_create(_rows(baseline, document))


def export_baseline(baseline: Baseline) -> str:
    """The version as a file that import_baseline takes back unchanged."""
    content = _document(baseline).model_dump(exclude_defaults=True)
    content["steps"] = {name: content["steps"].get(name, {}) for name in _document(baseline).steps}
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True)


def _rows(baseline: Baseline, document: Document) -> list[BaselineStep]:
    rows = []
    for name, entry in document.steps.items():
        for environment, setting in {"": entry, **entry.environments}.items():
            rows.append(
                BaselineStep(
                    baseline=baseline, step=name, environment=environment,
                    enabled=setting.enabled, parameters=setting.parameters,
                )
            )  # fmt: skip
    return rows


def _document(baseline: Baseline) -> Document:
    steps: dict[str, StepEntry] = {}
    for row in baseline.steps.order_by("pk"):
        if row.environment:
            steps[row.step].environments[row.environment] = Setting(enabled=row.enabled, parameters=row.parameters)
        else:
            steps[row.step] = StepEntry(enabled=row.enabled, parameters=row.parameters)
    return Document(note=baseline.note, steps=steps)
