"""The StackSet calls: one operation at a time per stack set, each with a result for every instance."""

from typing import Any

from moto.cloudformation.models import StackSet, cloudformation_backends
from moto.moto_api._internal import mock_random

from sandbox.aws.operations import Operation, Target, active, begin, operations_of
from sandbox.aws.protocol import AwsError, Call
from sandbox.aws.world import Handler, World, page


def _stack_set(call: Call) -> StackSet:
    name = call.params["StackSetName"]
    for each in cloudformation_backends[call.account][call.region].stacksets.values():
        if name in (each.name, each.id) and each.status != "DELETED":
            return each
    raise AwsError("StackSetNotFoundException", f"StackSet {name} not found", 404)


def _start(world: World, call: Call, stack_set: StackSet, action: str, targets: list[Target]) -> dict[str, Any]:
    operation_id = call.params.get("OperationId") or str(mock_random.uuid4())
    known = operations_of(world, stack_set)
    if operation_id in known:
        raise AwsError("OperationIdAlreadyExistsException", f"The operation id {operation_id} exists already.", 409)
    _refuse_while_busy(world, stack_set)
    operation = Operation(
        id=operation_id,
        stack_set=stack_set,
        action=action,
        targets=targets,
        preferences=call.params.get("OperationPreferences") or {},
        overrides=call.params.get("ParameterOverrides") or [],
        retain=call.params.get("RetainStacks", False),
    )
    begin(world, operation)
    return {"OperationId": operation_id}


def _refuse_while_busy(world: World, stack_set: StackSet) -> None:
    if busy := active(world, stack_set):
        text = f"Another Operation on StackSet {stack_set.id} is in progress: {busy.id}"
        raise AwsError("OperationInProgressException", text, 409)


def _targets(world: World, call: Call, stack_set: StackSet) -> list[Target]:
    """The accounts and regions the call is about; OUs and the filter are for service-managed sets."""
    targets = call.params.get("DeploymentTargets") or {}
    accounts = list(call.params.get("Accounts") or targets.get("Accounts") or [])
    units = targets.get("OrganizationalUnitIds") or []
    if stack_set.permission_model == "SERVICE_MANAGED":
        if not units:
            raise AwsError("ValidationError", "OrganizationalUnitIds are required")
        accounts = _service_managed_accounts(world, set(units), accounts, targets.get("AccountFilterType", "NONE"))
    elif units:
        raise AwsError("ValidationError", "A SELF_MANAGED StackSet can only have accounts as target")
    regions = list(dict.fromkeys(call.params.get("Regions") or []))
    if not accounts and stack_set.permission_model != "SERVICE_MANAGED":
        raise AwsError("ValidationError", "At least one account is required")
    if not regions:
        raise AwsError("ValidationError", "At least one region is required")
    return [Target(account, region) for region in regions for account in dict.fromkeys(accounts)]


def _service_managed_accounts(world: World, units: set[str], named: list[str], kind: str) -> list[str]:
    """Accounts under the units at any depth, by AccountFilterType. Never the management account."""
    organization = world.organization
    inside = set(units)
    for _ in organization.ou:
        inside |= {ou.id for ou in organization.ou if ou.parent_id in inside}
    members = [each for each in organization.accounts if each.id != organization.account_id and each.state == "ACTIVE"]
    under = [each.id for each in members if each.parent_id in inside]
    if kind == "INTERSECTION":
        return [each for each in under if each in named]
    if kind == "DIFFERENCE":
        return [each for each in under if each not in named]
    return under + [each for each in named if kind == "UNION" and each not in under]


def create_stack_set(world: World, call: Call) -> None:
    """moto takes the same name twice."""
    name = call.params["StackSetName"]
    for each in cloudformation_backends[call.account][call.region].stacksets.values():
        if each.name == name and each.status != "DELETED":
            raise AwsError("NameAlreadyExistsException", f"StackSet {name} already exists", 409)


def create_stack_instances(world: World, call: Call) -> dict[str, Any]:
    stack_set = _stack_set(call)
    return _start(world, call, stack_set, "CREATE", _targets(world, call, stack_set))


def update_stack_instances(world: World, call: Call) -> dict[str, Any]:
    stack_set = _stack_set(call)
    targets = _targets(world, call, stack_set)
    there = {(each["Account"], each["Region"]) for each in _instances(world, stack_set)}
    for target in targets:
        if (target.account, target.region) not in there:  # one whose creation failed is there, as OUTDATED
            _instance(stack_set, target.account, target.region)
    return _start(world, call, stack_set, "UPDATE", targets)


def delete_stack_instances(world: World, call: Call) -> dict[str, Any]:
    stack_set = _stack_set(call)
    wanted = {(target.account, target.region) for target in _targets(world, call, stack_set)}
    found = [
        Target(each.account_id, each.region_name)
        for each in stack_set.stack_instances
        if (each.account_id, each.region_name) in wanted
    ]
    return _start(world, call, stack_set, "DELETE", found)


def update_stack_set(world: World, call: Call) -> dict[str, Any]:
    """Take the new template and parameters, then bring every instance (or those named) up to them."""
    stack_set, params = _stack_set(call), call.params
    _refuse_while_busy(world, stack_set)
    chosen = (set(params.get("Accounts") or []), set(params.get("Regions") or []))
    targets = [
        Target(each.account_id, each.region_name)
        for each in stack_set.stack_instances
        if (not chosen[0] or each.account_id in chosen[0]) and (not chosen[1] or each.region_name in chosen[1])
    ]
    started = _start(world, call, stack_set, "UPDATE", targets)
    stack_set.template = stack_set.instances.template = params.get("TemplateBody") or stack_set.template
    stack_set.description = params.get("Description", stack_set.description)
    stack_set.execution_role_name = params.get("ExecutionRoleName") or stack_set.execution_role_name
    if params.get("Parameters"):
        old = stack_set.parameters or {}
        stack_set.parameters = stack_set.instances.parameters = {
            each["ParameterKey"]: old.get(each["ParameterKey"], "")
            if each.get("UsePreviousValue")
            else each.get("ParameterValue", "")
            for each in params["Parameters"]
        }
    return started


def delete_stack_set(world: World, call: Call) -> None:
    stack_set = _stack_set(call)
    _refuse_while_busy(world, stack_set)
    if stack_set.stack_instances:
        raise AwsError("StackSetNotEmptyException", "StackSet is not empty", 409)


def stop_stack_set_operation(world: World, call: Call) -> dict[str, Any]:
    operation = _operation(world, call)
    if operation.status != "RUNNING":
        raise AwsError("InvalidOperationException", f"The operation is {operation.status}.")
    operation.stop()
    return {}


def _operation(world: World, call: Call) -> Operation:
    wanted = call.params["OperationId"]
    found = operations_of(world, _stack_set(call)).get(wanted)
    if found is None:
        raise AwsError("OperationNotFoundException", f"Operation {wanted} not found", 404)
    return found


def describe_stack_set_operation(world: World, call: Call) -> dict[str, Any]:
    return {"StackSetOperation": _operation(world, call).describe()}


def list_stack_set_operations(world: World, call: Call) -> dict[str, Any]:
    found = list(reversed(operations_of(world, _stack_set(call)).values()))
    keys = ("OperationId", "Action", "Status", "CreationTimestamp", "EndTimestamp")
    some, more = page(found, call.params, most=100)
    summaries = [{key: value for key, value in each.describe().items() if key in keys} for each in some]
    return {"Summaries": summaries, **more}


def list_stack_set_operation_results(world: World, call: Call) -> dict[str, Any]:
    some, more = page(_operation(world, call).targets, call.params, most=100)
    return {"Summaries": [target.describe() for target in some], **more}


def _instance(stack_set: StackSet, account: str, region: str) -> Any:
    found = stack_set.instances.get_instance(account, region)
    if found is None:
        text = f"Stack instance {account}/{region} of {stack_set.name} not found"
        raise AwsError("StackInstanceNotFoundException", text, 404)
    return found


def _instances(world: World, stack_set: StackSet) -> list[dict[str, Any]]:
    """What is deployed, with what the running operation is doing to it, and what it is about to deploy."""
    shown = {}
    for each in stack_set.stack_instances:
        status, detailed, reason = world.remember("instance_status").get(
            (stack_set.id, each.account_id, each.region_name), ("CURRENT", "SUCCEEDED", "")
        )
        shown[each.account_id, each.region_name] = {
            "StackSetId": stack_set.id,
            "Region": each.region_name,
            "Account": each.account_id,
            "StackId": each.stack.stack_id,
            "Status": status,
            "StatusReason": reason,
            "ParameterOverrides": each.parameters if isinstance(each.parameters, list) else [],
            "StackInstanceStatus": {"DetailedStatus": detailed},
            "DriftStatus": "NOT_CHECKED",
        }
    for place, (operation, target) in _last_operations(world, stack_set).items():
        if target.shown_before_made(operation):
            shown.setdefault(place, {"StackSetId": stack_set.id, "Region": target.region, "Account": target.account})
        if place in shown and operation.outlines(target):
            shown[place] |= {
                "Status": "OUTDATED",
                "StatusReason": target.reason,
                "StackInstanceStatus": {"DetailedStatus": target.status},
                "LastOperationId": operation.id,
            }
        elif place in shown:
            shown[place]["LastOperationId"] = operation.id
    return list(shown.values())


def _last_operations(world: World, stack_set: StackSet) -> dict[tuple[str, str], tuple[Operation, Target]]:
    """For each account and region the newest operation on it: that alone says how the instance stands."""
    return {
        (target.account, target.region): (operation, target)
        for operation in operations_of(world, stack_set).values()
        for target in operation.targets
    }


def describe_stack_instance(world: World, call: Call) -> dict[str, Any]:
    account, region = call.params["StackInstanceAccount"], call.params["StackInstanceRegion"]
    stack_set = _stack_set(call)
    for each in _instances(world, stack_set):
        if (each["Account"], each["Region"]) == (account, region):
            return {"StackInstance": each}
    return {"StackInstance": _instance(stack_set, account, region)}


def list_stack_instances(world: World, call: Call) -> dict[str, Any]:
    params = call.params
    found = [
        each
        for each in _instances(world, _stack_set(call))
        if params.get("StackInstanceAccount") in (None, each["Account"])
        and params.get("StackInstanceRegion") in (None, each["Region"])
    ]
    some, more = page(found, params, most=100)
    return {"Summaries": some, **more}


HANDLERS: dict[tuple[str, str], Handler] = {
    ("cloudformation", "CreateStackSet"): create_stack_set,
    ("cloudformation", "CreateStackInstances"): create_stack_instances,
    ("cloudformation", "UpdateStackInstances"): update_stack_instances,
    ("cloudformation", "DeleteStackInstances"): delete_stack_instances,
    ("cloudformation", "UpdateStackSet"): update_stack_set,
    ("cloudformation", "DeleteStackSet"): delete_stack_set,
    ("cloudformation", "StopStackSetOperation"): stop_stack_set_operation,
    ("cloudformation", "DescribeStackSetOperation"): describe_stack_set_operation,
    ("cloudformation", "ListStackSetOperations"): list_stack_set_operations,
    ("cloudformation", "ListStackSetOperationResults"): list_stack_set_operation_results,
    ("cloudformation", "DescribeStackInstance"): describe_stack_instance,
    ("cloudformation", "ListStackInstances"): list_stack_instances,
}
