"""What a run has reached, in four words for people: the account, access, guardrails and stack sets, the rest."""

from collections.abc import Iterable, Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from vending.choices import DONE_STEP, StepStatus


class Milestone(models.TextChoices):
    CREATED = "created", _("Account created")
    ACCESS = "access", _("Access ready")
    DEPLOYED = "deployed", _("Guardrails and stack sets deployed")
    CHECKED = "checked", _("Settings and last checks")


class Progress(models.TextChoices):
    """How far a milestone is."""

    PENDING = "pending", _("Not yet")
    RUNNING = "running", _("In progress")
    WAITING = "waiting", _("Waiting for AWS")
    DONE = "done", _("Done")
    FAILED = "failed", _("Needs attention")
    STOPPED = "stopped", _("Cancelled")


MILESTONE_OF: Mapping[str, Milestone] = {
    "create_account": Milestone.CREATED,
    "account_ready": Milestone.ACCESS,
    "saml_access": Milestone.ACCESS,
    "identity_center": Milestone.ACCESS,
    "identity_portal": Milestone.ACCESS,
    "guardrails": Milestone.DEPLOYED,
    "stack_set_role": Milestone.DEPLOYED,
    "default_stack_sets": Milestone.DEPLOYED,
    "optional_stack_sets": Milestone.DEPLOYED,
}
"""By the names of steps; every other step belongs to the last milestone."""

_FIRST_THAT_APPLIES = (
    (Progress.FAILED, {StepStatus.FAILED}),
    (Progress.STOPPED, {StepStatus.CANCELLED}),
    (Progress.RUNNING, {StepStatus.RUNNING}),
    (Progress.WAITING, {StepStatus.WAITING}),
    (Progress.RUNNING, {StepStatus.READY}),
)


def milestone_of(step: str) -> Milestone:
    """The milestone that a step belongs to."""
    return MILESTONE_OF.get(step, Milestone.CHECKED)


def progress_of(steps: Iterable[tuple[str, str]]) -> dict[Milestone, Progress]:
    """How far each milestone of a run is, in order, from its steps (name, status).

    A milestone that has no step in the plan is left out.
    """
    statuses: dict[Milestone, set[str]] = {}
    for step, status in steps:
        statuses.setdefault(milestone_of(step), set()).add(status)
    return {milestone: _progress(statuses[milestone]) for milestone in Milestone if milestone in statuses}


def _progress(statuses: set[str]) -> Progress:
    if statuses.issubset(DONE_STEP):
        return Progress.DONE
    for progress, telling in _FIRST_THAT_APPLIES:
        if statuses & telling:
            return progress
    begun = not statuses.isdisjoint(DONE_STEP)
    return Progress.RUNNING if begun else Progress.PENDING
