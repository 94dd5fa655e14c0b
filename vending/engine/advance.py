"""The only door to execution: claim, look, act, look again, finish."""

import time
import traceback
from datetime import timedelta

import structlog
from botocore.exceptions import BotoCoreError, ClientError

from taskqueue import clock
from vending.aws.errors import Fault, Kind, classify
from vending.aws.recording import record_calls
from vending.aws.session import clients_from_settings
from vending.engine import finish, gates, lease
from vending.engine.context import Context, parse_parameters
from vending.engine.finish import Result
from vending.engine.step import Seen, Step, Wait
from vending.models import StepRun
from vending.steps import registry

log = structlog.get_logger(__name__)

SETTLE = 3.0
"""AWS seconds until a change that AWS has taken, but does not show yet, is looked for again."""
UNTIL_WOKEN = 86_400.0
"""AWS seconds: who waits for a turn is woken, and the sweeper wakes whom a wake-up has missed."""
CHANGES_AT_ONCE = 40
"""Changes in one attempt: what many small settings need, and still far below the lease."""
GOES_ON = 5.0
"""Real seconds after which a worker takes no further step itself: far below the time a task may take."""
YOUNG = timedelta(minutes=15)
"""How long a refusal may only mean that the account is new: AWS speaks of minutes."""


def advance(step_run_id: int) -> None:
    """Bring a step of a run forward; a duplicate message finds nothing to claim and returns.

    Of the steps that it made ready, the worker goes on with one itself, which saves the way through the queue.
    Should it die between the two, the sweeper finds a step that is due.
    """
    until = time.monotonic() + GOES_ON
    following: int | None = step_run_id
    while following is not None:
        following = _advance_one(following, until)


def _advance_one(step_run_id: int, until: float) -> int | None:
    """Claim, attempt, finish. Returns the step that this worker shall go on with."""
    claimed = lease.claim(step_run_id)
    if claimed is None:
        return None
    step_run, attempt = claimed
    step = registry.get(step_run.step)
    with record_calls() as calls:
        try:
            result = _attempt(step, step_run)
        except lease.LeaseLost:
            result = Result.overtaken()
        except Exception as error:  # noqa: BLE001 - every error of a step ends in its row, classified, never in a lost task
            fault = _fault(step_run, error)
            log.warning("step.fault", step=step_run.step, run=step_run.run_id, code=fault.code)
            result = Result.fault(fault)
    return finish.write(step, step_run, attempt, result, calls, goes_on=time.monotonic() < until)


def _attempt(step: Step, step_run: StepRun) -> Result:
    if step_run.attempt > step.attempts:
        return Result.fault(_too_many(step, step_run))
    context = Context(
        request=step_run.run.request,
        account=step_run.run.account,
        parameters=parse_parameters(step, step_run.parameters),
        clients=clients_from_settings().named(f"{step_run.run.request.ticket}-{step_run.run_id}"),
        run=step_run.run,
        step_run=step_run,
        held_lease=step_run.lease,
    )
    return look_and_act(step, context)


def look_and_act(step: Step, context: Context) -> Result:
    """The heart. Looking first is what makes doing it twice harmless.

    Each act makes one change; as long as the next look shows progress, the next change follows at once.
    """
    seen = _look(step, context)
    if seen.ok:
        return Result.done(seen.evidence, did="")
    if step.gate is not None and not gates.enter(context.own_row, step.gate):
        return Result.wait(Wait(UNTIL_WOKEN, f"Waiting its turn: {step.gate.title}.", woken=True), seen.evidence)
    did: list[str] = []
    for _ in range(CHANGES_AT_ONCE):
        acted = step.act(context)
        if isinstance(acted, Wait):
            return Result.wait(acted, seen.evidence, did=" ".join(did))
        did.append(acted.did)
        if context.todo:
            continue
        before, seen = seen.evidence, _look(step, context)
        if seen.ok:
            return Result.done(seen.evidence, did=" ".join(did))
        if seen.evidence == before:
            break
    settle = Wait(SETTLE, "AWS has taken the change and does not show it yet.")
    return Result.unsettled(settle, seen.evidence, did=" ".join(did))


def _look(step: Step, context: Context) -> Seen:
    seen = step.look(context)
    context.todo = list(seen.todo)
    return seen


def _fault(step_run: StepRun, error: Exception) -> Fault:
    """The error in words; one that is not AWS's is a defect of ours, and its traceback is kept."""
    fault = classify(error, young_account=_young(step_run))
    if not isinstance(error, Fault | ClientError | BotoCoreError):
        fault.detail = "".join(traceback.format_exception(error)[-4:])
    return fault


def _young(step_run: StepRun) -> bool:
    account = step_run.run.account
    return account is not None and clock.now() - account.created_at < YOUNG


def _too_many(step: Step, step_run: StepRun) -> Fault:
    last = step_run.problem or "No attempt ended in an orderly way: the worker may have died each time."
    return Fault(
        kind=Kind.PERMANENT,
        code="TooManyAttempts",
        sentence=f"“{step.title}” was tried {step.attempts} times. {last} Find the cause, then retry the step.",
        detail=step_run.problem_detail,
    )
