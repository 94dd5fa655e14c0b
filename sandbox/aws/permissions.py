"""IAM, where the setting `enforce_iam` is on: a session may do what the policies of its role say, no more.

moto has an enforcement of its own, but knows neither scoped resources nor conditions, and never sees the calls
that the sandbox answers itself. Here the policies are moto's (inline and attached, as the role has them now), the
judgement is the sandbox's. Any other key, such as ``testing``, may do everything, and so may a member's root.
Not imitated: service control policies, session policies, boundaries, policies of resources.
"""

import json
import re
from functools import cache
from typing import Any

from moto.iam.access_control import AssumedRoleAccessKey, CreateAccessKeyFailure
from moto.iam.models import Policy
from moto.iam.policy_validation import VALID_RESOURCE_PATH_STARTING_VALUES

from sandbox.aws.protocol import AwsError, Call
from sandbox.aws.requested import conditions_of, resources_of
from sandbox.aws.world import World

Statement = dict[str, Any]
ALWAYS_ALLOWED = "sts:GetCallerIdentity"
VALID_RESOURCE_PATH_STARTING_VALUES["iam"]["values"].append("root")  # sts:AssumeRoot; moto does not know it
HANDLED = {"Sid", "Effect", "Action", "Resource", "Condition"}


def refuse_if_denied(world: World, call: Call) -> None:
    """AccessDenied where the session's role may not make this call. Notes the role in the call."""
    session = _session(call)
    if session is None:
        return
    call.role = session.arn.split("/")[-2]
    action = f"{call.signing}:{call.operation}"
    if action == ALWAYS_ALLOWED:
        return
    statements = [each for policy in session.collect_policies() for each in statements_of(policy)]
    context = conditions_of(world, call)
    for resource in resources_of(world, call):
        if not allowed(statements, action, resource, context):
            _refuse(call, session.arn, action, resource)


def allowed(statements: list[Statement], action: str, resource: str, context: dict[str, str]) -> bool:
    """IAM's own rule: some statement allows it and none denies it.

    ValueError for an element of the policy language that is not imitated: to pass over it would be no proof.
    """
    effects = {each["Effect"] for each in statements if _concerns(each, action, resource, context)}
    return effects == {"Allow"}


def _concerns(statement: Statement, action: str, resource: str, context: dict[str, str]) -> bool:
    if unknown := set(statement) - HANDLED:
        raise ValueError(f"The sandbox does not imitate {', '.join(sorted(unknown))} in policies.")
    return (
        any(_like(action.lower(), pattern.lower()) for pattern in _listed(statement["Action"]))
        and any(_like(resource, pattern) for pattern in _listed(statement["Resource"]))
        and all(
            _holds(operator, context.get(key), _listed(wanted))
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _holds(operator: str, present: str | None, wanted: list[str]) -> bool:
    """A key that the request does not carry fulfils none of these operators."""
    if operator == "StringEquals":
        return present in wanted
    if operator == "StringLike":
        return present is not None and any(_like(present, pattern) for pattern in wanted)
    raise ValueError(f"The sandbox does not imitate the condition operator {operator}.")


def _like(text: str, pattern: str) -> bool:
    return _pattern(pattern).fullmatch(text) is not None


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(each, re.escape(each)) for each in pattern), re.DOTALL)


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _session(call: Call) -> AssumedRoleAccessKey | None:
    token = call.environ.get("HTTP_X_AMZ_SECURITY_TOKEN")
    if token is None:
        return None
    try:
        return AssumedRoleAccessKey(call.account, "aws", call.access_key, {"X-Amz-Security-Token": token})
    except CreateAccessKeyFailure:
        return None


def statements_of(policy: Policy | str | dict[str, Any]) -> list[Statement]:
    """moto keeps an attached policy as an object, an inline one as its text, one from a template as it is."""
    if isinstance(policy, Policy):
        policy = next(str(version.document) for version in policy.versions if version.is_default)
    document = json.loads(policy) if isinstance(policy, str) else policy
    found = document["Statement"]
    return found if isinstance(found, list) else [found]


def _refuse(call: Call, arn: str, action: str, resource: str) -> None:
    json_protocol = call.protocol in ("json", "rest-json")
    code, status = ("AccessDeniedException", 400) if json_protocol else ("AccessDenied", 403)
    text = f"User: {arn} is not authorized to perform: {action} on resource: {resource}"
    raise AwsError(code, text, status)
