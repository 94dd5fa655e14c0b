"""Waves: when a stack set falls free, one operation takes every account then waiting for it.

AWS runs one operation per stack set at a time (OperationInProgressException). Runs never poll against each
other for it: each puts an account into the queue and waits to be woken. The operation id is written before
the call and is AWS's idempotency token, so a lost answer never makes a second operation.
"""

import uuid
from datetime import timedelta

import structlog
from botocore.exceptions import ClientError
from django.db import transaction
from django.db.models import Q

from taskqueue import clock
from taskqueue.queue import enqueue
from vending.aws import cloudformation
from vending.aws.errors import Fault, Kind, classify, has_code
from vending.aws.session import Clients, clients_from_settings
from vending.choices import PlaceStatus, RunStatus, StepStatus, WaveAction, WaveStatus
from vending.engine import gates
from vending.engine.lease import LEASE
from vending.models import GatePlace, StackSet, StackSetPlace, StepRun, Wave

log = structlog.get_logger(__name__)

FIRST_LOOK = 30.0
"""AWS seconds until the first look at an operation while there are no ended waves to learn from."""
NEXT_LOOK = 3.0
RETRY = 15.0
LINGER = 3.0
"""AWS seconds between looks whether those who are about to come have come."""
REMEMBERED_WAVES = 20
PATIENCE = timedelta(minutes=90)
"""How long AWS may give no usable answer about a wave: less than the patience of the steps that wait for it."""
REFUSED = "REFUSED"
"""The result of a wave that AWS did not take, or about which it gave no answer."""
COMING = (StepStatus.BLOCKED, StepStatus.READY, StepStatus.RUNNING)


@transaction.atomic
def queue_up(
    *, step_run: StepRun, stack_set: str, account_id: str, regions: list[str], action: WaveAction, again: bool = False
) -> StackSetPlace:
    """Put an account into the queue of a stack set, once; `again` queues a failed place anew."""
    StackSet.objects.get_or_create(name=stack_set)
    # holding the row, either the worker on it sees this place when it lets go, or we see that nobody is on it
    row = StackSet.objects.select_for_update().get(name=stack_set)
    place, created = StackSetPlace.objects.get_or_create(
        stack_set=row,
        step_run=step_run,
        defaults={"account_id": account_id, "regions": regions, "action": action, "turn": step_run.run.approved_at},
    )
    if again or (place.status == PlaceStatus.WITHDRAWN and not created):
        place.status, place.wave, place.reason, place.action = PlaceStatus.QUEUED, None, "", action
        place.save(update_fields=["status", "wave", "reason", "action"])
    if place.status == PlaceStatus.QUEUED and row.lease is None and row.due_at is None:
        _look_at(row, timedelta(0))
    return place


def advance(stack_set_id: int) -> None:
    """Bring the waves of one stack set forward: start the next, or look at the one under way."""
    lease = uuid.uuid4()
    now = clock.now()
    free = Q(lease__isnull=True) | Q(lease_until__lt=now)
    claimed = StackSet.objects.filter(free, pk=stack_set_id, due_at__lte=now).update(
        lease=lease, lease_until=now + LEASE
    )
    if not claimed:
        return
    stack_set = StackSet.objects.get(pk=stack_set_id)
    wave = _open_wave(stack_set)
    if wave is None:
        again, problem = (LINGER if _lingering(stack_set) else None), ""
    else:
        again, problem = _try(wave)
    _release(stack_set, lease, again, problem)


def _try(wave: Wave) -> tuple[float, str]:
    """Bring the wave forward; returns AWS seconds until the next look, and what is wrong.

    An error that does not pass by itself, or that does not pass for too long, ends the wave: the runs that
    travel in it say so, and a person decides.
    """
    try:
        return _bring_forward(wave, clients_from_settings()), ""
    except Exception as error:  # noqa: BLE001 - whatever a wave meets is told by its members' runs, never lost
        fault = classify(error)
    log.warning("wave.fault", stack_set=wave.stack_set.name, code=fault.code)
    if fault.permanent or clock.now() - wave.started_at > PATIENCE:
        _refused(wave, fault)
        return 0.0, fault.sentence
    return RETRY, fault.sentence


def _bring_forward(wave: Wave, clients: Clients) -> float:
    """Send the wave or look how far it is; returns AWS seconds until the next look."""
    if not wave.sent:
        return _send(wave, clients)
    operation = cloudformation.operation(clients, wave.stack_set.name, wave.known_as)
    if operation is None:
        raise _unknown(wave)
    if operation.open:
        return NEXT_LOOK
    results = cloudformation.operation_results(clients, wave.stack_set.name, wave.known_as)
    _end(wave, operation, {(r.account_id, r.region): (r.status, r.reason) for r in results})
    return 0.0


@transaction.atomic
def _open_wave(stack_set: StackSet) -> Wave | None:
    """The wave under way, or a new one with everybody who waits; None if nobody does."""
    wave = stack_set.waves.filter(status=WaveStatus.OPEN).first()
    if wave is not None:
        return wave
    queued = list(
        StackSetPlace.objects.select_for_update(skip_locked=True)
        .filter(stack_set=stack_set, status=PlaceStatus.QUEUED)
        .order_by("turn", "id")
    )
    if not queued or _lingering(stack_set):
        return None
    first = queued[0]
    wave = Wave.objects.create(
        stack_set=stack_set,
        operation_id=uuid.uuid4(),
        action=first.action,
        regions=first.regions,
        started_at=clock.now(),
    )
    members = [place.pk for place in queued if (place.action, place.regions) == (first.action, first.regions)]
    wave.accounts = StackSetPlace.objects.filter(pk__in=members).update(status=PlaceStatus.IN_WAVE, wave=wave)
    wave.save(update_fields=["accounts"])
    return wave


def _lingering(stack_set: StackSet) -> bool:
    """Whether the wave waits for the last of a burst, instead of making them wait for its end.

    Only once nobody waits for a creation slot any more: then all who are still to come are at most one creation
    away. Nobody is kept longer than a wave lasts, so whatever holds the others up, this costs one wave at most.
    """
    waiting = StackSetPlace.objects.filter(stack_set=stack_set, status=PlaceStatus.QUEUED).select_related("step_run")
    first = waiting.order_by("step_run__started_at").first()
    if first is None or first.step_run.started_at is None:
        return False
    if clock.now() - first.step_run.started_at > clock.scaled(_usual_duration(stack_set)):
        return False
    coming = StepRun.objects.filter(step=first.step_run.step, status__in=COMING, run__status=RunStatus.RUNNING).exclude(
        stack_set_places__stack_set=stack_set
    )
    if first.step_run.step == "optional_stack_sets":
        coming = coming.filter(run__request__optional_stack_sets__contains=[stack_set.name])
    queueing = GatePlace.objects.filter(slot__isnull=True, step_run__run__status=RunStatus.RUNNING)
    return coming.exists() and not queueing.exists()


def _send(wave: Wave, clients: Clients) -> float:
    accounts = sorted(set(wave.places.values_list("account_id", flat=True)))
    updating = wave.action == WaveAction.UPDATE
    try:
        described = cloudformation.describe(clients, wave.stack_set.name)
        if described is None:
            _refused(wave, _missing(wave.stack_set))
            return 0.0
        send = cloudformation.update_instances if updating else cloudformation.create_instances
        known_as = send(
            clients, described, accounts=accounts, regions=wave.regions, operation_id=str(wave.operation_id)
        )
    except ClientError as error:
        if has_code(error, "OperationIdAlreadyExistsException"):
            log.info("wave.adopted", stack_set=wave.stack_set.name)  # our own call, whose answer was lost
            known_as = str(wave.operation_id)
        elif has_code(error, "StackInstanceNotFoundException"):
            wave.places.update(action=WaveAction.CREATE)
            _dissolve(wave)
            return 0.0
        elif classify(error).kind is Kind.LIMIT:
            _dissolve(wave)
            return RETRY
        elif classify(error).permanent:
            _refused(wave, classify(error))
            return 0.0
        else:
            raise
    Wave.objects.filter(pk=wave.pk).update(sent=True, known_as=known_as)
    return _usual_duration(wave.stack_set)


def _missing(stack_set: StackSet) -> Fault:
    return Fault(
        Kind.PERMANENT, "StackSetNotFoundException",
        f"The stack set {stack_set.name} does not exist. Create it, or correct Parameter Store, then retry.",
    )  # fmt: skip


def _unknown(wave: Wave) -> Fault:
    return Fault(
        Kind.TRANSIENT, "OperationNotFoundException",
        f"AWS does not know the operation {wave.known_as} of the stack set {wave.stack_set.name}. Look in "
        "CloudFormation what became of it, then retry.",
    )  # fmt: skip


def _usual_duration(stack_set: StackSet) -> float:
    """When to look first: what waves of this stack set usually take, in AWS seconds."""
    ended = stack_set.waves.filter(sent=True, finished_at__isnull=False)[:REMEMBERED_WAVES]
    durations = sorted((w.finished_at - w.started_at).total_seconds() for w in ended if w.finished_at)
    scale = clock.scaled(1).total_seconds()
    return durations[len(durations) // 2] / scale if durations and scale else FIRST_LOOK


@transaction.atomic
def _dissolve(wave: Wave) -> None:
    """AWS is busy with somebody else's operation: whoever comes meanwhile shall travel too."""
    wave.places.update(status=PlaceStatus.QUEUED, wave=None)
    _close(wave, "NOT_STARTED")


@transaction.atomic
def _refused(wave: Wave, fault: Fault) -> None:
    """AWS refuses the whole operation: each member's own run says so."""
    places = list(wave.places.select_related("step_run"))
    wave.places.update(status=PlaceStatus.FAILED, reason=fault.sentence)
    _close(wave, REFUSED)
    _wake_all(places)


@transaction.atomic
def _end(wave: Wave, operation: cloudformation.Operation, results: dict[tuple[str, str], tuple[str, str]]) -> None:
    """Fan the results back: a failed instance fails only its own run."""
    places = list(wave.places.select_related("step_run"))
    for place in places:
        failed = [
            f"{region}: {results.get((place.account_id, region), ('', ''))[1] or operation.status}"
            for region in place.regions
            if results.get((place.account_id, region), ("", ""))[0] != "SUCCEEDED"
        ]
        place.status = PlaceStatus.FAILED if failed else PlaceStatus.DEPLOYED
        place.reason = "; ".join(failed)
        place.save(update_fields=["status", "reason"])
    _close(wave, operation.status)
    if operation.started_at and operation.ended_at:
        # AWS's own times: ours contain how late we looked, and the next wave would be looked at later still
        Wave.objects.filter(pk=wave.pk).update(started_at=operation.started_at, finished_at=operation.ended_at)
    _wake_all(places)


def _close(wave: Wave, result: str) -> None:
    Wave.objects.filter(pk=wave.pk).update(status=WaveStatus.ENDED, result=result, finished_at=clock.now())


def _wake_all(places: list[StackSetPlace]) -> None:
    for place in places:
        gates.wake(place.step_run)


def _look_at(stack_set: StackSet, wait: timedelta) -> None:
    StackSet.objects.filter(pk=stack_set.pk).update(due_at=clock.now() + wait)
    enqueue("vending.tasks.advance_stack_set", stack_set.pk, delay=wait)


@transaction.atomic
def _release(stack_set: StackSet, lease: uuid.UUID, again: float | None, problem: str) -> None:
    """Give the lease back; whoever queued up meanwhile is not forgotten."""
    held = StackSet.objects.select_for_update().filter(pk=stack_set.pk, lease=lease)
    if not held.update(lease=None, lease_until=None, problem=problem, due_at=None):
        return
    if again is None and stack_set.places.filter(status=PlaceStatus.QUEUED).exists():
        again = 0.0
    if again is not None:
        _look_at(stack_set, clock.scaled(again))
