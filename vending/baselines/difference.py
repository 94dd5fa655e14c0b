"""How two baselines differ, step by step, for a person who decides between them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vending.baselines.document import Document, Setting
from vending.sentences import in_language
from vending.steps import registry

ON, OFF, NOTHING = _("on"), _("off"), _("not set")
Text = str | Promise


@dataclass(frozen=True)
class Change:
    """One thing that is not the same: of which step, in which environment (empty: all others), before and after."""

    step: str
    environment: str
    what: Text
    before: Text
    after: Text

    @property
    def title(self) -> str:
        step = registry.BY_NAME.get(self.step)
        return in_language(step.title) if step else self.step


def difference(before: Document, after: Document) -> list[Change]:
    """What changes for an account that is built by `after` instead of `before`."""
    names = dict.fromkeys([*before.steps, *after.steps])
    return [change for name in names for change in _of_step(name, before, after)]


def _of_step(name: str, before: Document, after: Document) -> Iterator[Change]:
    was, now = before.steps.get(name), after.steps.get(name)
    old, new = was.settings() if was else {}, now.settings() if now else {}
    for environment in dict.fromkeys([*old, *new]):
        yield from _of_setting(name, environment, old.get(environment), new.get(environment))


def _of_setting(name: str, environment: str, old: Setting | None, new: Setting | None) -> Iterator[Change]:
    if _switch(old) != _switch(new):
        yield Change(name, environment, _("step"), _switch(old), _switch(new))
    if new is None:
        return
    # of a setting that is new, what is written; its defaults would bury that
    was, now = (_effective(name, old), _effective(name, new)) if old else ({}, _written(new))
    for parameter in dict.fromkeys([*was, *now]):
        if was.get(parameter, NOTHING) != now.get(parameter, NOTHING):
            yield Change(name, environment, parameter, _shown(was.get(parameter)), _shown(now.get(parameter)))


def _switch(setting: Setting | None) -> Text:
    if setting is None:
        return NOTHING
    return ON if setting.enabled else OFF


def _effective(name: str, setting: Setting | None) -> dict[str, Any]:
    """The parameters as the step gets them, with its own defaults."""
    if setting is None:
        return {}
    step = registry.BY_NAME.get(name)
    return step.Parameters(**setting.parameters).model_dump(mode="json") if step else dict(setting.parameters)


def _written(setting: Setting) -> dict[str, Any]:
    return {name: value for name, value in setting.parameters.items() if _shown(value) is not NOTHING}


def _shown(value: Any) -> Text:
    if isinstance(value, dict | list) and value:
        return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, default_flow_style=None).strip()
    return NOTHING if value in (None, "", [], {}) else str(value)
