"""How a stack-set operation runs: region by region, some accounts at a time, until too many have failed."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from moto.cloudformation.models import StackInstance, StackSet
from moto.iam.models import iam_backends

from sandbox.aws.accounts import usable
from sandbox.aws.credentials import MANAGEMENT
from sandbox.aws.world import World


@dataclass
class Target:
    """One account and region of an operation; status as AWS's StackSetOperationResult and DetailedStatus."""

    account: str
    region: str
    status: str = "PENDING"
    reason: str = ""

    def describe(self) -> dict[str, Any]:
        gate = {"Status": "SKIPPED", "StatusReason": "There is no account gate function in this account."}
        told = {
            "Account": self.account,
            "Region": self.region,
            "Status": self.status,
            "AccountGateResult": gate,
        }
        return {**told, "StatusReason": self.reason} if self.reason else told

    def shown_before_made(self, operation: "Operation") -> bool:
        return operation.action in ("CREATE", "UPDATE") and self.status != "SUCCEEDED"


@dataclass
class Operation:
    """One operation on a stack set."""

    id: str
    stack_set: StackSet
    action: str
    targets: list[Target]
    preferences: dict[str, Any]
    overrides: list[dict[str, Any]]
    retain: bool
    status: str = "RUNNING"
    created_at: datetime | None = None
    ended_at: datetime | None = None
    started: float = 0.0
    seconds: float = 0.0
    failures: Counter[str] = field(default_factory=Counter)

    def describe(self) -> dict[str, Any]:
        failed = sum(1 for target in self.targets if target.status == "FAILED")
        told = {
            "OperationId": self.id,
            "StackSetId": self.stack_set.id,
            "Action": self.action,
            "Status": self.status,
            "OperationPreferences": self.preferences,
            "RetainStacks": self.retain,
            "AdministrationRoleARN": self.stack_set.administration_role_arn,
            "ExecutionRoleName": self.stack_set.execution_role_name,
            "CreationTimestamp": self.created_at,
            "EndTimestamp": self.ended_at,
            "StatusDetails": {"FailedStackInstancesCount": failed},
        }
        return {key: value for key, value in told.items() if value is not None}

    def outlines(self, target: Target) -> bool:
        """Whether this operation, rather than what was there before, says how the instance stands."""
        return (target.status != "SUCCEEDED" and self.ended_at is None) or target.shown_before_made(self)

    def concurrency(self) -> int:
        """Accounts at a time in a region. STRICT (the default) never runs more than tolerance + 1."""
        accounts = len({target.account for target in self.targets})
        wide = self.preferences.get("MaxConcurrentCount")
        if wide is None:
            wide = max(1, accounts * int(self.preferences.get("MaxConcurrentPercentage", 0)) // 100)
        if self.preferences.get("ConcurrencyMode") != "SOFT_FAILURE_TOLERANCE":
            wide = min(int(wide), self.tolerance() + 1)
        return int(wide)

    def tolerance(self) -> int:
        """Failures in a region that do not stop the operation."""
        count = self.preferences.get("FailureToleranceCount")
        if count is not None:
            return int(count)
        accounts = len({target.account for target in self.targets})
        return accounts * int(self.preferences.get("FailureTolerancePercentage", 0)) // 100

    def stop(self) -> None:
        self.status = "STOPPING"
        self.cancel_pending("Cancelled since the operation was stopped")

    def cancel_pending(self, reason: str) -> None:
        for target in self.targets:
            if target.status == "PENDING":
                target.status, target.reason = "CANCELLED", reason


def operations_of(world: World, stack_set: StackSet) -> dict[str, Operation]:
    """All operations of a stack set by id, oldest first."""
    found: dict[str, Operation] = world.remember("operations").setdefault(stack_set.id, {})
    return found


def active(world: World, stack_set: StackSet) -> Operation | None:
    found = operations_of(world, stack_set).values()
    return next((each for each in found if each.status in ("RUNNING", "STOPPING")), None)


def begin(world: World, operation: Operation) -> None:
    operation.created_at = world.clock.wall()
    operation.started = world.clock.now()
    operations_of(world, operation.stack_set)[operation.id] = operation
    if operation.targets:
        _start_next(world, operation)
    else:
        world.clock.after(0, lambda: _end(world, operation))


def _start_next(world: World, operation: Operation) -> None:
    """Start what may start now; end the operation when nothing runs and nothing is left."""
    running = [target for target in operation.targets if target.status == "RUNNING"]
    pending = [target for target in operation.targets if target.status == "PENDING"]
    if not running and not pending:
        _end(world, operation)
        return
    region = (running or pending)[0].region
    parallel = operation.preferences.get("RegionConcurrencyType") == "PARALLEL"
    for target in [each for each in pending if parallel or each.region == region]:
        busy = sum(1 for each in operation.targets if each.status == "RUNNING" and each.region == target.region)
        if busy < operation.concurrency():
            target.status = "RUNNING"
            world.clock.after(world.settings.stack_instance, partial(_finish, world, operation, target))


def _finish(world: World, operation: Operation, target: Target) -> None:
    world.seed(f"{operation.id} {target.account} {target.region}")
    try:
        target.reason = _refusal(world, operation, target) or _deploy(operation, target)
    except Exception as problem:  # noqa: BLE001 - whatever the template makes moto raise is this instance's failure
        target.reason = f"{type(problem).__name__}: {problem}"
    finally:
        world.seed(None)
    target.status = "FAILED" if target.reason else "SUCCEEDED"
    if target.reason:
        operation.failures[target.region] += 1
        if operation.failures[target.region] > operation.tolerance():
            operation.cancel_pending("Cancelled since failure tolerance has exceeded")
    _mark(world, operation, target)
    _start_next(world, operation)


def _mark(world: World, operation: Operation, target: Target) -> None:
    status = ("OUTDATED", "FAILED", target.reason) if target.reason else ("CURRENT", "SUCCEEDED", "")
    key = (operation.stack_set.id, target.account, target.region)
    world.remember("instance_status")[key] = status


def _end(world: World, operation: Operation) -> None:
    operation.ended_at = world.clock.wall()
    operation.seconds = world.clock.now() - operation.started
    if operation.status == "STOPPING":
        operation.status = "STOPPED"
        return
    over = any(count > operation.tolerance() for count in operation.failures.values())
    operation.status = "FAILED" if over else "SUCCEEDED"


def _refusal(world: World, operation: Operation, target: Target) -> str:
    """Why AWS would refuse to deploy there, or nothing."""
    planned = world.faults.take_instance(operation.stack_set.name, target.account)
    if planned:
        return planned
    states = {account.id: account.state for account in world.organization.accounts}
    if states.get(target.account) != "ACTIVE":
        return f"Account {target.account} is not active in the organization"
    if operation.stack_set.permission_model == "SERVICE_MANAGED":
        return ""
    if not usable(world, target.account):
        return "OptInRequired: The AWS Access Key Id needs a subscription for the service"
    role = operation.stack_set.execution_role_name
    roles = {each.name for each in iam_backends[target.account]["aws"].roles.values()}
    if world.settings.require_execution_role and target.account != MANAGEMENT and role not in roles:
        trusted = operation.stack_set.administration_role_arn.rpartition("/")[2]
        wanted = f"'{role}' role with trust relationship to Role '{trusted}'"
        return f"Account {target.account} should have {wanted}."
    return ""


def _deploy(operation: Operation, target: Target) -> str:
    """Make, change or remove the stack in the target account, by moto. Returns nothing: the work is done."""
    stack_set = operation.stack_set
    instance = stack_set.instances.get_instance(target.account, target.region)
    if operation.action == "DELETE":
        if instance is not None:
            if not operation.retain:
                instance.delete()
            stack_set.stack_instances.remove(instance)
    elif instance is None:
        stack_set.stack_instances.append(_new_instance(operation, target))
    else:
        overrides = operation.overrides or instance.parameters
        wanted = dict(stack_set.parameters or {}) | _as_dict(overrides)
        instance.parameters = overrides if isinstance(overrides, list) else []
        instance.stack.update(stack_set.template, parameters=wanted)
    return ""


def _new_instance(operation: Operation, target: Target) -> StackInstance:
    stack_set = operation.stack_set
    made = StackInstance(
        account_id=target.account,
        region_name=target.region,
        stackset_id=stack_set.id,
        stack_name=f"StackSet-{stack_set.id}",
        name=stack_set.name,
        template=stack_set.template,
        parameters=dict(stack_set.parameters or {}) | _as_dict(operation.overrides),  # type: ignore[arg-type]
        permission_model=stack_set.permission_model,
    )
    made.parameters = operation.overrides
    return made


def _as_dict(parameters: list[dict[str, Any]] | dict[str, Any]) -> dict[str, Any]:
    if isinstance(parameters, dict):
        return parameters
    return {each["ParameterKey"]: each["ParameterValue"] for each in parameters}
