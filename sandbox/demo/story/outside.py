"""Looking at the result from the outside: the ticket over REST, the account over boto3, rows over psycopg."""

import os
from typing import Any

import boto3
import httpx
import psycopg
from botocore.config import Config
from botocore.exceptions import ClientError
from psycopg.rows import dict_row

from sandbox.jira.people import GUS, TOKEN

REGION = "eu-central-1"
Json = dict[str, Any]


class Tickets:
    """The sandbox Jira's REST API, as Gus sees it, and its list of sent webhooks."""

    def __init__(self, address: str) -> None:
        self.client = httpx.Client(base_url=address, auth=(GUS.email, TOKEN), timeout=30, trust_env=False)

    def _get(self, path: str) -> Any:
        answer = self.client.get(path)
        answer.raise_for_status()
        return answer.json()

    def status(self, ticket: str) -> str:
        return str(self._get(f"/rest/api/3/issue/{ticket}?fields=status")["fields"]["status"]["name"])

    def comments(self, ticket: str) -> list[str]:
        """The text of each comment, with the addresses of its links, oldest first."""
        found = self._get(f"/rest/api/3/issue/{ticket}/comment")["comments"]
        return [text_of(comment["body"]) for comment in found]

    def state(self, ticket: str) -> Json:
        """The machine-readable state that the portal keeps on the ticket."""
        return dict(self._get(f"/rest/api/3/issue/{ticket}/properties/account-vending")["value"])

    def labels(self, ticket: str) -> list[str]:
        return list(self._get(f"/rest/api/3/issue/{ticket}?fields=labels")["fields"]["labels"])

    def links(self, ticket: str) -> list[str]:
        """The addresses that the ticket links to."""
        return [str(link["object"]["url"]) for link in self._get(f"/rest/api/3/issue/{ticket}/remotelink")]

    def deliveries(self, ticket: str) -> list[Json]:
        """The webhooks sent about the ticket, oldest first."""
        sent: list[Json] = self._get("/sandbox/deliveries")[::-1]
        return [each for each in sent if each["issue"] == ticket]

    def send_again(self, delivery: Json) -> None:
        self.client.post(f"/sandbox/deliveries/{delivery['id']}/resend").raise_for_status()


def text_of(node: Any) -> str:
    """The words and link addresses of an Atlassian document."""
    if isinstance(node, list):
        return "".join(text_of(each) for each in node)
    if not isinstance(node, dict):
        return ""
    words = str(node.get("text", ""))
    for mark in node.get("marks", []):
        if mark["type"] == "link":
            words += f" <{mark['attrs']['href']}>"
    inner = text_of(node.get("content", []))
    block = node.get("type") in ("paragraph", "heading", "tableRow", "listItem", "panel")
    return words + inner + ("\n" if block else " " if node.get("type") == "tableCell" else "")


class Aws:
    """The sandbox AWS through boto3, and the control API behind it."""

    def __init__(self, address: str) -> None:
        for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
            os.environ.pop(name, None)
        os.environ |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
        self.address = address
        self.control = httpx.Client(base_url=address + "/sandbox", timeout=30, trust_env=False)
        self._session = boto3.Session("testing", "testing", region_name=REGION)

    def client(self, service: str) -> Any:
        config = Config(retries={"mode": "standard", "total_max_attempts": 8}, proxies={})
        make: Any = self._session.client
        return make(service, endpoint_url=self.address, config=config)

    def accounts(self, email: str) -> list[Json]:
        pages = self.client("organizations").get_paginator("list_accounts").paginate()
        return [each for page in pages for each in page["Accounts"] if each["Email"].lower() == email.lower()]

    def unit_of(self, account: str) -> str:
        organizations = self.client("organizations")
        parent = organizations.list_parents(ChildId=account)["Parents"][0]
        if parent["Type"] == "ROOT":
            return "Root"
        found = organizations.describe_organizational_unit(OrganizationalUnitId=parent["Id"])
        return str(found["OrganizationalUnit"]["Name"])

    def tags(self, account: str) -> dict[str, str]:
        found = self.client("organizations").list_tags_for_resource(ResourceId=account)["Tags"]
        return {tag["Key"]: tag["Value"] for tag in found}

    def contact(self, account: str, kind: str) -> Json:
        try:
            found = self.client("account").get_alternate_contact(AccountId=account, AlternateContactType=kind)
        except ClientError as problem:
            return {"Name": problem.response["Error"]["Code"]}
        return dict(found["AlternateContact"])

    def stack_sets_in(self, account: str, names: list[str]) -> dict[str, str]:
        """Stack set → status of its instance in the account."""
        found: dict[str, str] = {}
        cloudformation = self.client("cloudformation")
        for name in names:
            listed = cloudformation.list_stack_instances(StackSetName=name, StackInstanceAccount=account)
            for each in listed["Summaries"]:
                found[name] = each["Status"]
        return found

    def can_be_entered(self, account: str) -> bool:
        """Whether the access role of the account can be assumed."""
        role = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
        try:
            self.client("sts").assume_role(RoleArn=role, RoleSessionName="story")
        except ClientError:
            return False
        return True

    def default_stack_sets(self) -> str:
        name = "/account-vending/stack-sets/default"
        return str(self.client("ssm").get_parameter(Name=name)["Parameter"]["Value"])

    def creations(self, email: str) -> int:
        """How often CreateAccount was accepted for this e-mail address."""
        made = self.control.get("/state").raise_for_status().json()["creations"]
        return sum(each["Email"].lower() == email.lower() for each in made)

    def inject(self, **fault: Any) -> None:
        self.control.post("/faults", json=fault).raise_for_status()

    def heal(self) -> None:
        self.control.delete("/faults").raise_for_status()


class Rows:
    """The portal's database, read with plain SQL."""

    def __init__(self, address: str) -> None:
        self.connection = psycopg.connect(address, autocommit=True, row_factory=dict_row)

    def all(self, query: str, *values: Any) -> list[Json]:
        return self.connection.execute(query, values).fetchall()

    def one(self, query: str, *values: Any) -> Json:
        """The first row, or an empty one."""
        return next(iter(self.all(query, *values)), {})

    def refuses(self, statement: str) -> bool:
        """Whether a trigger of the database refuses the statement."""
        try:
            with self.connection.transaction(force_rollback=True):
                self.connection.execute(statement)
        except psycopg.errors.RaiseException:
            return True
        return False

    def close(self) -> None:
        self.connection.close()
