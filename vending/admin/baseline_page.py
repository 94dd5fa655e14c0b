"""What the page of a baseline shows: its steps, who made it count, and how it differs from another version."""

from dataclasses import dataclass
from typing import Any

import yaml

from vending.baselines.difference import Change, difference
from vending.baselines.document import Setting, StepEntry, of_baseline
from vending.models import Baseline, BaselineActivation
from vending.selectors import active_baseline
from vending.sentences import in_language
from vending.steps import registry

VERSIONS_SHOWN = 50


@dataclass(frozen=True)
class StepLine:
    """One step of the version, as a person reads it."""

    name: str
    title: str
    enabled: bool
    parameters: str
    environments: list[tuple[str, Setting, str]]


@dataclass(frozen=True)
class BaselineSheet:
    baseline: Baseline
    active: Baseline | None
    steps: list[StepLine]
    activations: list[BaselineActivation]
    versions: list[Baseline]
    compared: Baseline | None
    changes: list[Change]

    @property
    def is_active(self) -> bool:
        return self.baseline == self.active


def baseline_sheet(pk: str, compare_with: str = "") -> BaselineSheet | None:
    """The page of one version, compared with another one: the named, or else the active one."""
    number = int(pk) if pk.isdigit() and len(pk) < 19 else 0
    baseline = Baseline.objects.prefetch_related("steps").filter(pk=number).first()
    if baseline is None:
        return None
    active = active_baseline()
    versions = list(Baseline.objects.exclude(pk=baseline.pk)[:VERSIONS_SHOWN])
    compared = next((each for each in versions if str(each.pk) == compare_with), active)
    document = of_baseline(baseline)
    changes = []
    if compared is not None and compared != baseline:
        changes = difference(of_baseline(compared), document)
    return BaselineSheet(
        baseline=baseline,
        active=active,
        steps=[_line(name, entry) for name, entry in document.steps.items()],
        activations=list(baseline.activations.all()[:VERSIONS_SHOWN]),
        versions=versions,
        compared=compared if compared != baseline else None,
        changes=changes,
    )


def _line(name: str, entry: StepEntry) -> StepLine:
    step = registry.BY_NAME.get(name)
    return StepLine(
        name=name,
        title=in_language(step.title) if step else name,
        enabled=entry.enabled,
        parameters=_text(entry.parameters),
        environments=[(each, setting, _text(setting.parameters)) for each, setting in entry.environments.items()],
    )


def _text(parameters: dict[str, Any]) -> str:
    return yaml.safe_dump(parameters, sort_keys=False, allow_unicode=True).strip() if parameters else ""
