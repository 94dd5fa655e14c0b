"""IAM's policy simulator for a role: the sandbox's own judgement of the policies that the role has now.

Where policies are not enforced, everything is allowed here too. Condition keys that the caller does not give are
absent, as in IAM; resources default to "*".
"""

from typing import Any

from moto.iam.models import iam_backends

from sandbox.aws.permissions import allowed, statements_of
from sandbox.aws.protocol import AwsError, Call
from sandbox.aws.world import Handler, World


def simulate_principal_policy(world: World, call: Call) -> dict[str, Any]:
    params = call.params
    name = str(params["PolicySourceArn"]).rpartition("/")[2]
    backend = iam_backends[call.account]["aws"]
    role = next((each for each in backend.roles.values() if each.name == name), None)
    if role is None or ":role/" not in params["PolicySourceArn"]:
        raise AwsError("NoSuchEntity", f"The entity {params['PolicySourceArn']} cannot be found.", 404)
    policies: list[Any] = [*role.policies.values(), *role.managed_policies.values()]
    statements = [each for policy in policies for each in statements_of(policy)]
    context = {
        each["ContextKeyName"]: each["ContextKeyValues"][0]
        for each in params.get("ContextEntries", [])
        if each.get("ContextKeyValues")
    }
    results = [
        {
            "EvalActionName": action,
            "EvalResourceName": resource,
            "EvalDecision": "allowed"
            if not world.settings.enforce_iam or allowed(statements, action, resource, context)
            else "implicitDeny",
        }
        for action in params["ActionNames"]
        for resource in params.get("ResourceArns") or ["*"]
    ]
    return {"EvaluationResults": results, "IsTruncated": False}


HANDLERS: dict[tuple[str, str], Handler] = {("iam", "SimulatePrincipalPolicy"): simulate_principal_policy}
