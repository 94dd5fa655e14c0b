"""Write the plan of a run as rows: the steps of its recipe that the baseline switches on."""

from collections.abc import Mapping

from django.db.models import Q

from taskqueue import clock
from vending.choices import StepStatus
from vending.models import Baseline, BaselineStep, Run, StepRun
from vending.steps import registry


def chosen_steps(baseline: Baseline, environment: str) -> dict[str, dict[str, object]]:
    """The enabled steps of a baseline for one environment, with their parameters.

    A row for the environment goes before the row for every environment.
    """
    rows = BaselineStep.objects.filter(Q(environment="") | Q(environment=environment), baseline=baseline)
    chosen = {row.step: row for row in sorted(rows, key=lambda row: row.environment)}
    return {name: row.parameters for name, row in chosen.items() if row.enabled}


def write_plan(run: Run) -> list[StepRun]:
    """The rows of a vending: what the baseline switches on for the request's environment."""
    return write_rows(run, chosen_steps(run.baseline, run.request.environment))


def write_rows(run: Run, chosen: Mapping[str, dict[str, object]]) -> list[StepRun]:
    """One row per step, in an order that respects what each needs; steps without needs are ready."""
    planned = [step for step in registry.in_order() if step.name in chosen]
    names = {step.name for step in planned}
    rows = []
    for position, step in enumerate(planned):
        needs = [name for name in registry.needs(step) if name in names]
        rows.append(
            StepRun(
                run=run,
                step=step.name,
                title=step.title,
                position=position,
                needs=needs,
                parameters=chosen[step.name],
                status=StepStatus.BLOCKED if needs else StepStatus.READY,
                due_at=None if needs else clock.now(),
            )
        )
    return StepRun.objects.bulk_create(rows)
