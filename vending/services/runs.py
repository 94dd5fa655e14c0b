"""Writes of runs: start, and what a person may do to them. Allowed only where it makes sense."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import Actor, record_event
from taskqueue import clock
from taskqueue.queue import enqueue
from vending.choices import PlaceStatus, RecipeName, RequestStatus, RunStatus, StepStatus
from vending.engine import gates
from vending.engine.finish import follow_up
from vending.engine.plan import write_plan
from vending.models import AccountRequest, GatePlace, Run, StackSetPlace, StepRun
from vending.selectors import active_baseline
from vending.sentences import in_language
from vending.services.errors import NotAllowed


@transaction.atomic
def start_run(*, request: AccountRequest, actor: Actor) -> Run:
    """Start the vending of an approved request: its plan is written as rows and never changed afterwards.

    Raises NotAllowed when there is no baseline. A second open run is refused by the database.
    """
    baseline = active_baseline()
    if baseline is None:
        raise NotAllowed(_("There is no baseline yet. Import one with `manage.py baseline import FILE`."))
    run = Run.objects.create(
        request=request, baseline=baseline, recipe=RecipeName.VEND,
        approved_at=request.approved_at or clock.now(), started_at=clock.now(),
    )  # fmt: skip
    _set_request(run, RequestStatus.VENDING)
    steps = write_plan(run)
    begin(run, steps, actor, f"Vending {request.account_name} in {len(steps)} steps.")
    return run


def begin(run: Run, steps: list[StepRun], actor: Actor, summary: str) -> None:
    """Write down that the run started, and send the steps that wait for nothing."""
    _event(run, actor, "run.started", summary,
           after={"baseline": run.baseline.version, "steps": [step.step for step in steps]})  # fmt: skip
    for step in steps:
        if step.status == StepStatus.READY:
            enqueue("vending.tasks.advance", step.pk)


@transaction.atomic
def retry_step(*, step_run: StepRun, actor: Actor) -> None:
    """Try a failed step again, from where it failed. Raises NotAllowed."""
    run = _locked(step_run.run_id)
    step_run.refresh_from_db()
    if step_run.status != StepStatus.FAILED:
        raise NotAllowed(
            _("“{title}” is {status}; only a failed step can be retried.").format(
                title=in_language(step_run.title), status=step_run.get_status_display()
            )
        )
    _reopen(run)
    _restart(step_run)
    _event(run, actor, "step.retried", f"“{step_run.title}” is tried again.")


@transaction.atomic
def retry_run(*, run: Run, actor: Actor) -> int:
    """Try all failed steps of a run again; what is done stays done. Raises NotAllowed."""
    run = _locked(run.pk)
    failed = list(run.steps.filter(status=StepStatus.FAILED))
    if run.status != RunStatus.FAILED or not failed:
        raise NotAllowed(
            _("This run is {status}; only a failed run can be retried.").format(status=run.get_status_display())
        )
    _reopen(run)
    for step_run in failed:
        _restart(step_run)
    names = ", ".join(step.title for step in failed)
    _event(run, actor, "run.retried", f"Tried again from: {names}.")
    return len(failed)


@transaction.atomic
def skip_step(*, step_run: StepRun, reason: str, actor: Actor) -> None:
    """Go on without a failed step, with a reason that stays in the record. Raises NotAllowed."""
    run = _locked(step_run.run_id)
    step_run.refresh_from_db()
    if not reason.strip():
        raise NotAllowed(_("Say why the step is skipped; the reason is kept in the record."))
    if step_run.status != StepStatus.FAILED:
        raise NotAllowed(
            _("“{title}” is {status}; only a failed step can be skipped.").format(
                title=in_language(step_run.title), status=step_run.get_status_display()
            )
        )
    if step_run.step == "create_account":
        raise NotAllowed(_("Nothing can be done without the account: this step cannot be skipped. Retry or cancel."))
    StepRun.objects.filter(pk=step_run.pk).update(
        status=StepStatus.SKIPPED, evidence=f"Skipped: {reason.strip()}", finished_at=clock.now()
    )
    _event(run, actor, "step.skipped", f"“{step_run.title}” was skipped: {reason.strip()}")
    if not run.steps.filter(status=StepStatus.FAILED).exists():
        _reopen(run)
    follow_up(run)


@transaction.atomic
def hold_run(*, run: Run, reason: str, actor: Actor) -> None:
    """Stop taking further steps until somebody releases the run. Raises NotAllowed."""
    run = _locked(run.pk)
    if run.status not in (RunStatus.RUNNING, RunStatus.FAILED):
        raise NotAllowed(
            _("This run is {status}; only an open run can be put on hold.").format(status=run.get_status_display())
        )
    _hold(run, reason, actor)


@transaction.atomic
def release_run(*, run: Run, actor: Actor) -> None:
    """Let a held run go on. Raises NotAllowed."""
    run = _locked(run.pk)
    if run.status != RunStatus.ON_HOLD:
        raise NotAllowed(
            _("This run is {status}; only a run on hold can be released.").format(status=run.get_status_display())
        )
    _reopen(run)
    for step_run in run.steps.filter(status__in=[StepStatus.READY, StepStatus.WAITING]):
        enqueue("vending.tasks.advance", step_run.pk)
    if run.steps.filter(status=StepStatus.FAILED).exists():
        Run.objects.filter(pk=run.pk).update(status=RunStatus.FAILED)
        _set_request(run, RequestStatus.FAILED)
    _event(run, actor, "run.released", "The run goes on.")
    follow_up(run)


@transaction.atomic
def cancel_run(*, run: Run, reason: str, actor: Actor) -> None:
    """End a run for good and say what stays behind in AWS. Raises NotAllowed."""
    run = _locked(run.pk)
    if run.status not in (RunStatus.RUNNING, RunStatus.FAILED, RunStatus.ON_HOLD):
        raise NotAllowed(_("This run is {status} already.").format(status=run.get_status_display()))
    left = _left_behind(run)
    end_run(run)
    _set_request(run, RequestStatus.CANCELLED)
    _event(run, actor, "run.cancelled", f"Cancelled: {reason.strip() or 'no reason given'}. {left}",
           after={"reason": reason.strip()})  # fmt: skip


def end_run(run: Run) -> None:
    """End a run and its open steps, and give back its places; the caller holds the request's row."""
    open_steps = run.steps.exclude(status__in=[StepStatus.SUCCEEDED, StepStatus.SKIPPED])
    GatePlace.objects.filter(step_run__run=run, slot__isnull=True).delete()
    for place in GatePlace.objects.filter(step_run__run=run).select_related("step_run"):
        gates.leave(place.step_run)
    StackSetPlace.objects.filter(step_run__run=run, status=PlaceStatus.QUEUED).update(status=PlaceStatus.WITHDRAWN)
    open_steps.update(status=StepStatus.CANCELLED, lease=None, lease_until=None, due_at=None, finished_at=clock.now())
    Run.objects.filter(pk=run.pk).update(status=RunStatus.CANCELLED, finished_at=clock.now())


def _left_behind(run: Run) -> str:
    if run.account is not None:
        return f"The AWS account {run.account.account_id} exists and stays as it is; close it if nobody needs it."
    if run.steps.filter(step="create_account", intended_at__isnull=False).exists():
        return "The creation of the account had been sent to AWS; the account may appear and must then be closed."
    return "Nothing had been created in AWS."


def hold_for_change(
    *, request: AccountRequest, actor: Actor, reason: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    """Hold the open run of a request whose ticket was edited; the caller holds the request's row."""
    run = request.runs.filter(status__in=[RunStatus.RUNNING, RunStatus.FAILED]).first()
    if run is not None:
        run.request = request
        _hold(run, reason, actor, before=before, after=after)


def stop_for_withdrawal(*, request: AccountRequest, actor: Actor, reason: str) -> None:
    """A decision was taken back: cancel before anything exists in AWS, else hold for a person."""
    run = request.runs.filter(status__in=[RunStatus.RUNNING, RunStatus.FAILED, RunStatus.ON_HOLD]).first()
    if run is None:
        return
    run.request = request
    if run.account is None and not run.steps.filter(intended_at__isnull=False).exists():
        cancel_run(run=run, reason=reason, actor=actor)
    elif run.status != RunStatus.ON_HOLD:
        _hold(run, f"{reason} The account exists already: decide whether to go on or to cancel.", actor)


def _hold(
    run: Run,
    reason: str,
    actor: Actor,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    Run.objects.filter(pk=run.pk).update(status=RunStatus.ON_HOLD)
    _set_request(run, RequestStatus.ON_HOLD)
    _event(run, actor, "run.on_hold", reason, before=before, after=after)


def _locked(run_id: int) -> Run:
    """The run, with its request's row held: the one lock for everything about a request."""
    run = Run.objects.select_related("account").get(pk=run_id)
    run.request = AccountRequest.objects.select_for_update(no_key=True).get(pk=run.request_id)
    run.refresh_from_db(fields=["status"])
    return run


def _reopen(run: Run) -> None:
    Run.objects.filter(pk=run.pk).exclude(status=RunStatus.RUNNING).update(status=RunStatus.RUNNING)
    run.status = RunStatus.RUNNING
    _set_request(run, RequestStatus.VENDING)


def _restart(step_run: StepRun) -> None:
    StackSetPlace.objects.filter(step_run=step_run, status=PlaceStatus.FAILED).update(status=PlaceStatus.WITHDRAWN)
    StepRun.objects.filter(pk=step_run.pk).update(
        status=StepStatus.READY, attempt=0, due_at=clock.now(), started_at=None, finished_at=None,
        problem="", problem_code="", problem_detail="",
    )  # fmt: skip
    enqueue("vending.tasks.advance", step_run.pk)


def _set_request(run: Run, status: RequestStatus) -> None:
    """The request goes with its vending; the other recipes leave its state as it is."""
    if run.recipe != RecipeName.VEND:
        return
    request = run.request
    AccountRequest.objects.filter(pk=request.pk).exclude(status=status).update(status=status, changed_at=clock.now())
    request.status = status


def _event(
    run: Run,
    actor: Actor,
    action: str,
    summary: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    record_event(
        actor=actor, action=action, summary=summary, target_kind="run", target_id=run.pk,
        ticket=run.ticket, run_id=run.pk,
        account_id=run.account.account_id if run.account else "", before=before, after=after,
    )  # fmt: skip
