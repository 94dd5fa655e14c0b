"""The end of an attempt: one transaction that writes what came of it, fenced by the lease."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from audit.services import Actor, record_event
from taskqueue import clock
from taskqueue.queue import enqueue
from vending.aws.errors import Fault, Kind
from vending.aws.recording import AwsCall
from vending.choices import DONE_STEP, Outcome, RequestStatus, RunStatus, StepStatus
from vending.engine import endings, gates, lease
from vending.engine.step import Step, Wait
from vending.models import AccountRequest, AwsCallRecord, Run, StepAttempt, StepRun

FIRST_BACKOFF = 2.0
LONGEST_BACKOFF = 60.0
STEADY_WAIT = 6.0
"""AWS seconds between looks while a limit is taken."""
YOUNG_WAIT = 3.0
"""AWS seconds between looks while an account is not usable yet: everything else of its run waits for that."""
JITTER = random.SystemRandom()
"""Keeps runs that were throttled together from coming back together."""
ENGINE = Actor.system("engine")


@dataclass(frozen=True)
class Result:
    """What came of one attempt."""

    outcome: Outcome
    seen: str = ""
    did: str = ""
    waiting: Wait | None = None
    problem: Fault | None = None

    @classmethod
    def done(cls, evidence: str, *, did: str) -> "Result":
        return cls(Outcome.DONE, seen=evidence, did=did)

    @classmethod
    def wait(cls, waiting: Wait, evidence: str, *, did: str = "") -> "Result":
        return cls(Outcome.WAITING, seen=evidence, did=did, waiting=waiting)

    @classmethod
    def unsettled(cls, waiting: Wait, evidence: str, *, did: str) -> "Result":
        return cls(Outcome.TRANSIENT, seen=evidence, did=did, waiting=waiting)

    @classmethod
    def fault(cls, fault: Fault) -> "Result":
        return cls(Outcome.PERMANENT if fault.permanent else Outcome.TRANSIENT, problem=fault)

    @classmethod
    def overtaken(cls) -> "Result":
        return cls(Outcome.OVERTAKEN)


def write(
    step: Step,
    step_run: StepRun,
    attempt: StepAttempt,
    result: Result,
    calls: Sequence[AwsCall],
    *,
    goes_on: bool = False,
) -> int | None:
    """Write the result; if the lease was lost meanwhile, only the attempt's own row and its calls.

    With `goes_on` one of the steps that became ready is not sent to the queue but returned to the caller.
    """
    result = _out_of_patience(step, step_run, result)
    try:
        with transaction.atomic():
            _lock_request(step_run.run.request_id)
            ready = _write_step(step, step_run, result, calls)
            kept = ready.pop(0) if ready and goes_on else None
            _send(ready)
            _write_attempt(attempt, result, calls)
    except lease.LeaseLost:
        with transaction.atomic():
            _write_attempt(attempt, Result.overtaken(), calls)
        return None
    return kept


def _lock_request(request_id: int) -> None:
    """Hold the request's row: two steps of a run that end at once see each other."""
    AccountRequest.objects.select_for_update(no_key=True).only("pk").get(pk=request_id)


def _write_step(step: Step, step_run: StepRun, result: Result, calls: Sequence[AwsCall]) -> list[int]:
    """The step's row and all that hangs on it. Returns the steps that are ready now and not sent yet."""
    if result.outcome is Outcome.DONE:
        return _succeed(step, step_run, result, calls)
    if result.outcome is Outcome.PERMANENT:
        _fail(step, step_run, result, calls)
    elif result.outcome is not Outcome.OVERTAKEN:
        _come_back(step_run, result)
    return []


def _succeed(step: Step, step_run: StepRun, result: Result, calls: Sequence[AwsCall]) -> list[int]:
    lease.update(
        step_run, step_run.lease,
        status=StepStatus.SUCCEEDED, evidence=result.seen, waiting_for="", problem="", problem_code="",
        problem_detail="", due_at=None, lease=None, lease_until=None, finished_at=clock.now(),
    )  # fmt: skip
    if step.gate is not None:
        gates.leave(step_run)
    step_event(step_run, "step.succeeded", result.seen, calls)
    return _make_ready(step_run.run)


def _fail(step: Step, step_run: StepRun, result: Result, calls: Sequence[AwsCall]) -> None:
    fault = result.problem
    assert fault is not None  # noqa: S101 - a permanent result is made from a fault only
    lease.update(
        step_run, step_run.lease,
        status=StepStatus.FAILED, evidence=result.seen, waiting_for="", problem=fault.sentence,
        problem_code=fault.code[:120], problem_detail=fault.detail, due_at=None, lease=None, lease_until=None,
        finished_at=clock.now(),
    )  # fmt: skip
    if step.gate is not None:
        gates.leave(step_run)
    step_event(step_run, "step.failed", fault.sentence, calls)
    fail_run(step_run.run, step_run)


def _come_back(step_run: StepRun, result: Result) -> None:
    fault, waiting = result.problem, result.waiting
    if waiting is not None:
        wait, why = clock.scaled(waiting.seconds), waiting.why
    else:
        assert fault is not None  # noqa: S101 - what neither waits nor failed has a transient fault
        wait, why = _backoff(step_run.attempt, fault), fault.sentence
    # a limit, a throttle or a young account is no failure of the step: only its patience ends such a wait
    harmless = fault is not None and (fault.throttled or fault.kind in (Kind.LIMIT, Kind.NOT_YET))
    keeps_count = result.outcome is Outcome.TRANSIENT and not harmless
    lease.update(
        step_run, step_run.lease,
        status=StepStatus.WAITING, evidence=result.seen or step_run.evidence, waiting_for=why,
        attempt=F("attempt") if keeps_count else 0, due_at=clock.now() + wait, lease=None, lease_until=None,
        problem=fault.sentence if fault else "", problem_code=fault.code[:120] if fault else "",
        problem_detail=fault.detail if fault else "",
    )  # fmt: skip
    if waiting is None or not waiting.woken:
        enqueue("vending.tasks.advance", step_run.pk, delay=wait)


def _backoff(attempt: int, fault: Fault) -> timedelta:
    doubled = min(FIRST_BACKOFF * 2 ** max(attempt - 1, 0), LONGEST_BACKOFF)
    if fault.kind in (Kind.LIMIT, Kind.NOT_YET):
        doubled = STEADY_WAIT if fault.kind is Kind.LIMIT else YOUNG_WAIT
    return clock.scaled(max(fault.retry_after or 0, doubled * JITTER.uniform(0.5, 1.5)))


def _out_of_patience(step: Step, step_run: StepRun, result: Result) -> Result:
    """No step waits for days without a word: after its patience it fails and says what it waited for.

    At a gate the patience begins with the slot: how long the queue is says nothing about this step.
    """
    if result.outcome not in (Outcome.WAITING, Outcome.TRANSIENT) or step_run.started_at is None:
        return result
    waited = clock.now() - step_run.started_at
    if waited >= step.patience and step.gate is not None:
        waited = gates.time_inside(step_run)
    if waited < step.patience:
        return result
    why = result.waiting.why if result.waiting else str(result.problem)
    minutes = int(waited.total_seconds() // 60)
    sentence = f"“{step.title}” is not done after {minutes} minutes. {why} Find out what holds it up, then retry."
    detail = result.problem.detail if result.problem else result.seen
    return Result(
        Outcome.PERMANENT,
        result.seen,
        result.did,
        None,
        Fault(Kind.PERMANENT, "OutOfPatience", sentence, detail),
    )


def _write_attempt(attempt: StepAttempt, result: Result, calls: Sequence[AwsCall]) -> None:
    attempt.outcome = result.outcome
    attempt.seen, attempt.did = result.seen, result.did
    attempt.problem = result.problem.sentence if result.problem else ""
    attempt.problem_code = result.problem.code[:120] if result.problem else ""
    attempt.problem_detail = result.problem.detail if result.problem else ""
    attempt.finished_at = clock.now()
    attempt.save(update_fields=["outcome", "seen", "did", "problem", "problem_code", "problem_detail", "finished_at"])
    AwsCallRecord.objects.bulk_create(
        AwsCallRecord(
            attempt=attempt, service=call.service, operation=call.operation, account_id=call.account_id,
            region=call.region, request_id=call.request_id, http_status=call.http_status,
            error_code=call.error_code, mutating=call.mutating, duration_ms=call.duration_ms, at=call.at,
        )
        for call in calls
    )  # fmt: skip


def step_event(step_run: StepRun, action: str, summary: str, calls: Sequence[AwsCall] = ()) -> None:
    """The event of a change of one step."""
    run = step_run.run
    record_event(
        actor=ENGINE, action=action, summary=f"{step_run.title}: {summary}", target_kind="step",
        target_id=step_run.pk, ticket=run.ticket, run_id=run.pk,
        account_id=run.account.account_id if run.account else "", after={"step": step_run.step},
        aws_request_ids=[call.request_id for call in calls if call.mutating and call.request_id],
    )  # fmt: skip


def follow_up(run: Run) -> None:
    """Make ready what was waiting for finished steps, and end the run after its last one.

    The caller holds the request's row: two steps that end at once see each other.
    """
    _send(_make_ready(run))


def _make_ready(run: Run) -> list[int]:
    rows = list(StepRun.objects.filter(run=run).order_by("position").values_list("pk", "step", "status", "needs"))
    finished = {step for _, step, status, _ in rows if status in DONE_STEP}
    ready = [pk for pk, _, status, needs in rows if status == StepStatus.BLOCKED and finished.issuperset(needs)]
    if ready:
        StepRun.objects.filter(pk__in=ready).update(status=StepStatus.READY, due_at=clock.now())
    if len(finished) == len(rows):
        _end_run(run)
    return ready


def _send(ready: Sequence[int]) -> None:
    for pk in ready:
        enqueue("vending.tasks.advance", pk)


def _end_run(run: Run) -> None:
    moment = clock.now()
    running = Run.objects.filter(pk=run.pk, status=RunStatus.RUNNING)
    if not running.update(status=RunStatus.SUCCEEDED, finished_at=moment):
        return  # on hold: its release ends it
    summary = endings.settle(run, moment)
    record_event(
        actor=ENGINE, action="run.succeeded", summary=summary,
        target_kind="run", target_id=run.pk, ticket=run.ticket, run_id=run.pk,
        account_id=run.account.account_id if run.account else "",
    )  # fmt: skip


def fail_run(run: Run, step_run: StepRun) -> None:
    """Mark the run failed; its independent steps go on. Nothing changes when it has failed already."""
    if not Run.objects.filter(pk=run.pk, status=RunStatus.RUNNING).update(status=RunStatus.FAILED):
        return
    AccountRequest.objects.filter(pk=run.request_id, status=RequestStatus.VENDING).update(
        status=RequestStatus.FAILED, changed_at=clock.now()
    )
    record_event(
        actor=ENGINE, action="run.failed", summary=f"“{step_run.title}” failed. {step_run.problem}",
        target_kind="run", target_id=run.pk, ticket=run.ticket, run_id=run.pk,
        account_id=run.account.account_id if run.account else "",
    )  # fmt: skip
