"""The templates of deploy/aws, deployed into the sandbox as people deploy them into AWS."""

import json
from collections.abc import Callable, Iterator
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


def change_statements(change: Callable[[Document], Iterator[Document]], role: str = ROLE) -> None:
    """Put every policy of the role anew; each statement becomes what `change` makes of it."""
    for name, document in policies_of(role).items():
        document["Statement"] = [new for each in document["Statement"] for new in change(each)]
        client("iam").put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))


def take_away(action: str) -> None:
    """Allow all that the role's policies allow, but not this action."""

    def without(statement: Document) -> Iterator[Document]:
        kept = [each for each in listed(statement["Action"]) if each != action or statement["Effect"] == "Deny"]
        if kept:
            yield statement | {"Action": kept}

    change_statements(without)
