"""What a person may do with a run and with a step: each calls one service."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from audit.admin.operations import Fact, Operation
from audit.services import Actor
from vending.choices import RunStatus, StepStatus
from vending.models import Run, StepRun
from vending.sentences import in_language
from vending.services import (
    NotAllowed,
    cancel_run,
    hold_run,
    release_run,
    retry_run,
    retry_step,
    skip_step,
)

PERMISSION = "vending.operate_run"


def _in(*states: str) -> Any:
    return lambda row: row.status in states


def _retry_run(run: Run, actor: Actor, _reason: str) -> None:
    retry_run(run=run, actor=actor)


def _hold(run: Run, actor: Actor, reason: str) -> None:
    hold_run(run=run, reason=reason, actor=actor)


def _release(run: Run, actor: Actor, _reason: str) -> None:
    release_run(run=run, actor=actor)


def _cancel(run: Run, actor: Actor, reason: str) -> None:
    cancel_run(run=run, reason=reason, actor=actor)


def _retry_step(step: StepRun, actor: Actor, _reason: str) -> None:
    retry_step(step_run=step, actor=actor)


def _skip_step(step: StepRun, actor: Actor, reason: str) -> None:
    skip_step(step_run=step, reason=reason, actor=actor)


def _for_whom(run: Run) -> list[Fact]:
    return [(_("Account name"), run.request.account_name)]


def _failed(run: Run) -> list[Fact]:
    failed = run.steps.filter(status=StepStatus.FAILED)
    return [*_for_whom(run), *((in_language(step.title), in_language(step.problem)) for step in failed)]


def _of_step(step: StepRun) -> list[Fact]:
    return [
        (_("Request"), f"{step.run.request.ticket} {step.run.request.account_name}"),
        (_("Problem"), in_language(step.problem)),
    ]


RUN_OPERATIONS = (
    Operation(
        name="retry",
        label=_("Retry"),
        question=_("Run the failed steps again. Steps that are done stay done."),
        done=_("The run goes on from where it failed."),
        permission=PERMISSION,
        offered=_in(RunStatus.FAILED),
        perform=_retry_run,
        refusal=NotAllowed,
        facts=_failed,
    ),
    Operation(
        name="release",
        label=_("Release"),
        question=_("Let the run go on from where it was held."),
        done=_("The run goes on."),
        permission=PERMISSION,
        offered=_in(RunStatus.ON_HOLD),
        perform=_release,
        refusal=NotAllowed,
        facts=_for_whom,
    ),
    Operation(
        name="hold",
        label=_("Hold"),
        question=_("Start no further step until somebody releases the run. What is under way ends first."),
        done=_("The run is on hold."),
        permission=PERMISSION,
        offered=_in(RunStatus.RUNNING, RunStatus.FAILED),
        perform=_hold,
        refusal=NotAllowed,
        facts=_for_whom,
        asks_reason=True,
    ),
    Operation(
        name="cancel",
        label=_("Cancel run"),
        question=_("End the run for good. What exists in AWS already stays there."),
        done=_("The run is cancelled."),
        permission=PERMISSION,
        offered=_in(RunStatus.RUNNING, RunStatus.ON_HOLD, RunStatus.FAILED),
        perform=_cancel,
        refusal=NotAllowed,
        facts=_for_whom,
        asks_reason=True,
        danger=True,
    ),
)
STEP_OPERATIONS = (
    Operation(
        name="retry",
        label=_("Retry step"),
        question=_("Run this step again. It looks first at what is there, and does only what is missing."),
        done=_("The step is tried again."),
        permission=PERMISSION,
        offered=_in(StepStatus.FAILED),
        perform=_retry_step,
        refusal=NotAllowed,
        facts=_of_step,
    ),
    Operation(
        name="skip",
        label=_("Skip"),
        question=_("Go on without this step. The account will lack what it would have done."),
        done=_("The step is skipped."),
        permission=PERMISSION,
        offered=lambda step: step.status == StepStatus.FAILED and step.step != "create_account",
        perform=_skip_step,
        refusal=NotAllowed,
        facts=_of_step,
        asks_reason=True,
        danger=True,
    ),
)
