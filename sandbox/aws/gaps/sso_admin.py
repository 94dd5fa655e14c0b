"""Identity Center: account assignments take their time and have a status; moto makes them at once, without one."""

from typing import Any

from moto.moto_api._internal import mock_random
from moto.ssoadmin.models import ssoadmin_backends

from sandbox.aws.protocol import AwsError, Call
from sandbox.aws.world import Handler, World


def create_assignment(world: World, call: Call) -> dict[str, Any]:
    params = call.params
    under_way = world.remember("assignments")
    same = ("TargetId", "PermissionSetArn", "PrincipalId")
    for each in under_way.values():
        if each["Status"] == "IN_PROGRESS" and all(each[name] == params[name] for name in same):
            raise AwsError("ConflictException", "There is a conflicting operation in process.")
    status = {
        "Status": "IN_PROGRESS",
        "RequestId": str(mock_random.uuid4()),
        "CreatedDate": world.timestamp(),
        **{name: params[name] for name in (*same, "TargetType", "PrincipalType")},
    }
    under_way[status["RequestId"]] = status
    backend = ssoadmin_backends[call.account][call.region]

    def finish() -> None:
        if params["TargetId"] not in {account.id for account in world.organization.accounts}:
            status.update(Status="FAILED", FailureReason=f"Account {params['TargetId']} was not found.")
            return
        there = [each for each in backend.account_assignments if _same(each, params)]
        if not there:
            backend.create_account_assignment(
                params["InstanceArn"], params["TargetId"], params["TargetType"], params["PermissionSetArn"],
                params["PrincipalType"], params["PrincipalId"],
            )  # fmt: skip
        status["Status"] = "SUCCEEDED"

    world.clock.after(world.settings.assignment, finish)
    return {"AccountAssignmentCreationStatus": dict(status)}


def creation_status(world: World, call: Call) -> dict[str, Any]:
    found = world.remember("assignments").get(call.params["AccountAssignmentCreationRequestId"])
    if found is None:
        raise AwsError("ResourceNotFoundException", "There is no such request.")
    return {"AccountAssignmentCreationStatus": dict(found)}


def _same(assignment: Any, params: dict[str, Any]) -> bool:
    return (assignment.target_id, assignment.permission_set_arn, assignment.principal_id) == (
        params["TargetId"],
        params["PermissionSetArn"],
        params["PrincipalId"],
    )


HANDLERS: dict[tuple[str, str], Handler] = {
    ("sso-admin", "CreateAccountAssignment"): create_assignment,
    ("sso-admin", "DescribeAccountAssignmentCreationStatus"): creation_status,
}
