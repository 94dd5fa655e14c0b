"""The templates of deploy/aws, deployed into the sandbox as people deploy them into AWS."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import yaml

FOLDER = Path(__file__).parents[2] / "deploy" / "aws"
TEMPLATES = sorted(FOLDER.glob("*.yaml"))
REGION = "eu-central-1"
MANAGEMENT = "123456789012"
PORTAL = f"arn:aws:iam::{MANAGEMENT}:role/portal-workload"
ROLE = "portal-by-template"
EXTERNAL_ID = "an-external-id-for-tests"
Document = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short functions, each read as what it is applied to."""


def _function(loader: Any, _: str, node: Any) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    return loader.construct_sequence(node, deep=True)


_Loader.add_multi_constructor("!", _function)


def actions_in(name: str, effect: str) -> list[str]:
    """Every action that the template can allow (or deny), whatever its parameters, in alphabetical order."""
    document = yaml.load((FOLDER / f"{name}.yaml").read_text(), _Loader)
    found = (listed(each["Action"]) for each in _statements_in(document) if each["Effect"] == effect)
    return sorted({action for some in found for action in some})


def _statements_in(value: Any) -> Iterator[Document]:
    """Statements of permissions; a trust policy's are none."""
    if isinstance(value, dict):
        if "Effect" in value:
            yield value
        for key, each in value.items():
            if key != "AssumeRolePolicyDocument":
                yield from _statements_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from _statements_in(each)


def client(service: str, **credentials: str) -> Any:
    return boto3.client(service, region_name=REGION, **credentials)


def deploy(name: str, cloudformation: Any = None, **parameters: str) -> dict[str, str]:
    """Create a stack of the template; its outputs."""
    cloudformation = cloudformation or client("cloudformation")
    cloudformation.create_stack(
        StackName=name,
        TemplateBody=(FOLDER / f"{name}.yaml").read_text(),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    [stack] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}


def deploy_management_role(**switches: str) -> str:
    """The role's ARN. `switches`: the template's parameters beyond the necessary ones."""
    organization = client("organizations").describe_organization()["Organization"]["Id"]
    parameters = {"TrustedPrincipalArn": PORTAL, "ExternalId": EXTERNAL_ID, "RoleName": ROLE}
    return deploy("management-role", **parameters, OrganizationId=organization, **switches)["RoleArn"]


def policies_of(role: str = ROLE) -> dict[str, Document]:
    """The inline policies of the role as they were deployed, by name."""
    iam = client("iam")
    found = {}
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        found[name] = yaml.safe_load(document) if isinstance(document, str) else document  # moto: not always JSON
    return found


def statements(role: str = ROLE) -> list[Document]:
    return [each for document in policies_of(role).values() for each in document["Statement"]]


def listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def actions(role: str = ROLE, effect: str = "Allow") -> set[str]:
    """Every action that the role's policies allow (or deny) by name."""
    return {action for each in statements(role) if each["Effect"] == effect for action in listed(each["Action"])}


def take_away(action: str, role: str = ROLE) -> None:
    """Let the role's policies allow all they allow, but not this action. What they deny stays."""
    iam = client("iam")
    for name, document in policies_of(role).items():
        document["Statement"] = [new for each in document["Statement"] for new in _without(action, each)]
        if document["Statement"]:
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))
        else:
            iam.delete_role_policy(RoleName=role, PolicyName=name)


def _without(action: str, statement: Document) -> list[Document]:
    if statement["Effect"] == "Deny":
        return [statement]
    kept = [each for each in listed(statement["Action"]) if each != action]
    return [statement | {"Action": kept}] if kept else []
