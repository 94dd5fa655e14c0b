"""What the active baseline asks of AWS: which steps are on, with which parameters."""

from collections.abc import Mapping
from typing import Any

from django.db import DatabaseError, transaction

from vending.models import BaselineStep
from vending.selectors import active_baseline

Steps = Mapping[str, list[dict[str, Any]]]
"""Each step that is on in some environment, with the parameters of those environments."""


def enabled_steps() -> Steps:
    """Of the active baseline; nothing where the database cannot tell, which is said on its own side."""
    try:
        with transaction.atomic():
            rows = list(BaselineStep.objects.filter(baseline=active_baseline(), enabled=True))
    except DatabaseError:
        return {}
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row.step, []).append(row.parameters)
    return found


def with_administrator(steps: Steps, name: str) -> bool:
    """Whether the step works for a delegated administrator of the organization."""
    return any(parameters.get("administrator") for parameters in steps.get(name, ()))
