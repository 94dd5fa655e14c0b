"""AWS CloudFormation: stack sets, their instances and operations.

AWS allows one operation per stack set, so a caller gathers many accounts into one create_instances. Errors of
botocore pass through to the caller (see vending.aws.errors), except where absence is an answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from botocore.exceptions import ClientError

from vending.aws.errors import has_code
from vending.aws.session import CallAs, Clients

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackSetOperationPreferencesTypeDef

OPEN = frozenset({"RUNNING", "QUEUED", "STOPPING"})  # statuses of operations that are not over


@dataclass(frozen=True, slots=True)
class StackSet:
    """A stack set as it is defined."""

    name: str
    id: str
    service_managed: bool  # else self-managed: explicit accounts, execution role needed in each
    managed_execution: bool  # non-conflicting operations may run together
    auto_deployment: bool  # service-managed only: deploys by itself when an account joins the OU
    organizational_units: tuple[str, ...]
    regions: tuple[str, ...]
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Instance:
    """A stack set's stack in one account and region."""

    account_id: str
    region: str
    status: str  # CURRENT, OUTDATED, INOPERABLE
    detailed_status: str  # PENDING, RUNNING, SUCCEEDED, FAILED, CANCELLED, INOPERABLE, SKIPPED_SUSPENDED_ACCOUNT, …
    reason: str
    stack_id: str
    last_operation_id: str

    @property
    def current(self) -> bool:
        return self.status == "CURRENT"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a stack set."""

    id: str
    action: str  # CREATE, UPDATE, DELETE, DETECT_DRIFT
    status: str  # RUNNING, SUCCEEDED, FAILED, STOPPING, STOPPED, QUEUED
    reason: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def open(self) -> bool:
        return self.status in OPEN


@dataclass(frozen=True, slots=True)
class Result:
    """What an operation did in one account and region."""

    account_id: str
    region: str
    status: Literal["PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"]
    reason: str

    @property
    def open(self) -> bool:
        return self.status in ("PENDING", "RUNNING")


class _Caller(TypedDict, total=False):
    CallAs: CallAs


def _client(clients: Clients, *, attempts: int = 3) -> "CloudFormationClient":
    client: CloudFormationClient = clients.management("cloudformation", attempts=attempts)
    return client


def _caller(clients: Clients) -> _Caller:
    # SELF is AWS's default; some endpoints refuse the parameter itself.
    return {"CallAs": clients.call_as} if clients.call_as != "SELF" else {}


def describe(clients: Clients, stack_set: str) -> StackSet | None:
    """DescribeStackSet; None if there is no active stack set of this name."""
    try:
        found = _client(clients).describe_stack_set(StackSetName=stack_set, **_caller(clients))["StackSet"]
    except ClientError as exc:
        if has_code(exc, "StackSetNotFoundException"):
            return None
        raise
    if found.get("Status") == "DELETED":
        return None
    return StackSet(
        name=found["StackSetName"],
        id=found["StackSetId"],
        service_managed=found.get("PermissionModel") == "SERVICE_MANAGED",
        managed_execution=bool(found.get("ManagedExecution", {}).get("Active")),
        auto_deployment=bool(found.get("AutoDeployment", {}).get("Enabled")),
        organizational_units=tuple(found.get("OrganizationalUnitIds", ())),
        regions=tuple(found.get("Regions", ())),
        parameters={p["ParameterKey"]: p.get("ParameterValue", "") for p in found.get("Parameters", ())},
    )


def stack_set_exists(clients: Clients, stack_set: str) -> bool:
    """Whether there is an active stack set of this name."""
    return describe(clients, stack_set) is not None


def instances_of_account(clients: Clients, stack_set: str, account_id: str) -> list[Instance]:
    """ListStackInstances of one account, one for each region. Raises StackSetNotFoundException."""
    pages = _client(clients).get_paginator("list_stack_instances").paginate(
        StackSetName=stack_set, StackInstanceAccount=account_id, **_caller(clients)
    )  # fmt: skip
    return [_instance(found) for page in pages for found in page["Summaries"]]


def instances(clients: Clients, stack_set: str) -> list[Instance]:
    """ListStackInstances of all accounts: one paged read a sweep. Raises StackSetNotFoundException."""
    pages = _client(clients).get_paginator("list_stack_instances").paginate(
        StackSetName=stack_set, **_caller(clients)
    )  # fmt: skip
    return [_instance(found) for page in pages for found in page["Summaries"]]


def create_instances(
    clients: Clients,
    stack_set: StackSet,
    *,
    accounts: Sequence[str],
    regions: Sequence[str],
    operation_id: str,
    organizational_units: Sequence[str] = (),
    parameters: Mapping[str, str] | None = None,
) -> str:
    """CreateStackInstances for many accounts in one operation; returns the operation's id.

    operation_id is AWS's idempotency token: after a lost answer, operation(…, operation_id) tells whether the
    operation began. Self-managed: the accounts are named, and each needs the execution role already.
    Service-managed: the OUs that hold the accounts are needed too (default: the stack set's own); the
    filter INTERSECTION leaves all other accounts alone. parameters apply to every account of the call.
    Raises OperationInProgressException (409, wait), OperationIdAlreadyExistsException (it began already),
    StackSetNotFoundException, StaleRequestException, InvalidOperationException, LimitExceededException.
    """
    answer = _client(clients, attempts=1).create_stack_instances(
        StackSetName=stack_set.name,
        Regions=list(regions),
        OperationId=operation_id,
        OperationPreferences=_wide(),
        ParameterOverrides=[
            {"ParameterKey": key, "ParameterValue": value} for key, value in (parameters or {}).items()
        ],
        **_targets(stack_set, accounts, organizational_units),
        **_caller(clients),
    )
    return answer["OperationId"]


def update_instances(
    clients: Clients,
    stack_set: StackSet,
    *,
    accounts: Sequence[str],
    regions: Sequence[str],
    operation_id: str,
    organizational_units: Sequence[str] = (),
) -> str:
    """UpdateStackInstances: deploy anew where an instance exists but is not current, as after a failure.

    Errors and token as for create_instances; StackInstanceNotFoundException where there is none yet.
    """
    answer = _client(clients, attempts=1).update_stack_instances(
        StackSetName=stack_set.name,
        Regions=list(regions),
        OperationId=operation_id,
        OperationPreferences=_wide(),
        **_targets(stack_set, accounts, organizational_units),
        **_caller(clients),
    )
    return answer["OperationId"]


def delete_instances(
    clients: Clients,
    stack_set: StackSet,
    *,
    accounts: Sequence[str],
    regions: Sequence[str],
    operation_id: str,
    organizational_units: Sequence[str] = (),
    retain_stacks: bool = False,
) -> str:
    """DeleteStackInstances for many accounts in one operation; errors and token as for create_instances."""
    answer = _client(clients, attempts=1).delete_stack_instances(
        StackSetName=stack_set.name,
        Regions=list(regions),
        RetainStacks=retain_stacks,
        OperationId=operation_id,
        OperationPreferences=_wide(),
        **_targets(stack_set, accounts, organizational_units),
        **_caller(clients),
    )
    return answer["OperationId"]


def operation(clients: Clients, stack_set: str, operation_id: str) -> Operation | None:
    """DescribeStackSetOperation; None if AWS knows no such operation. Raises StackSetNotFoundException."""
    try:
        answer = _client(clients).describe_stack_set_operation(
            StackSetName=stack_set, OperationId=operation_id, **_caller(clients)
        )
    except ClientError as exc:
        if has_code(exc, "OperationNotFoundException"):
            return None
        raise
    return _operation(answer["StackSetOperation"])


def operation_results(clients: Clients, stack_set: str, operation_id: str) -> list[Result]:
    """ListStackSetOperationResults: the outcome in each account and region.

    Raises StackSetNotFoundException, OperationNotFoundException.
    """
    pages = _client(clients).get_paginator("list_stack_set_operation_results").paginate(
        StackSetName=stack_set, OperationId=operation_id, **_caller(clients)
    )  # fmt: skip
    return [
        Result(
            account_id=found.get("Account", ""),
            region=found.get("Region", ""),
            status=found.get("Status", "PENDING"),
            reason=found.get("StatusReason", ""),
        )
        for page in pages
        for found in page["Summaries"]
    ]


def open_operations(clients: Clients, stack_set: str) -> list[Operation]:
    """ListStackSetOperations that are not over, whoever began them. Raises StackSetNotFoundException."""
    pages = _client(clients).get_paginator("list_stack_set_operations").paginate(
        StackSetName=stack_set, **_caller(clients)
    )  # fmt: skip
    operations = [_operation(found) for page in pages for found in page["Summaries"]]
    return [found for found in operations if found.open]


def _wide() -> "StackSetOperationPreferencesTypeDef":
    """All accounts at once, and no failure stops the others: STRICT caps concurrency at the tolerance."""
    return {
        "RegionConcurrencyType": "PARALLEL",
        "MaxConcurrentPercentage": 100,
        "FailureTolerancePercentage": 100,
        "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE",
    }


def _targets(stack_set: StackSet, accounts: Sequence[str], organizational_units: Sequence[str]) -> Any:
    if not accounts:
        raise ValueError("A stack-set operation needs at least one account.")
    if not stack_set.service_managed:
        return {"Accounts": list(accounts)}
    units = organizational_units or stack_set.organizational_units
    if not units:
        raise ValueError(f"The service-managed stack set {stack_set.name} needs the accounts' organizational units.")
    return {
        "DeploymentTargets": {
            "OrganizationalUnitIds": list(units),
            "Accounts": list(accounts),
            "AccountFilterType": "INTERSECTION",
        }
    }


def _instance(found: Any) -> Instance:
    return Instance(
        account_id=found.get("Account", ""),
        region=found.get("Region", ""),
        status=found.get("Status", ""),
        detailed_status=found.get("StackInstanceStatus", {}).get("DetailedStatus", ""),
        reason=found.get("StatusReason", ""),
        stack_id=found.get("StackId", ""),
        last_operation_id=found.get("LastOperationId", ""),
    )


def _operation(found: Any) -> Operation:
    return Operation(
        id=found["OperationId"],
        action=found.get("Action", ""),
        status=found.get("Status", ""),
        reason=found.get("StatusReason", ""),
        started_at=found.get("CreationTimestamp"),
        ended_at=found.get("EndTimestamp"),
    )
