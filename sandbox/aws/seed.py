"""The AWS a demo starts with: units, guardrails, stack sets, parameters and a few accounts."""

import json
from typing import TYPE_CHECKING, Any

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config

from sandbox.aws.credentials import MANAGEMENT
from sandbox.aws.protocol import parse

if TYPE_CHECKING:
    from sandbox.aws.limits import LimitsLayer

REGION = "eu-central-1"
UNITS: dict[str, tuple[str, ...]] = {
    "Workloads": ("Production", "Staging", "Development"),
    "Sandbox": (),
    "Suspended": (),
    "Quarantine": (),
}
TRUSTED = ("member.org.stacksets.cloudformation.amazonaws.com", "account.amazonaws.com", "sso.amazonaws.com")
ACCOUNTS = (
    ("log-archive", "Security log archive"),
    ("security-tooling", "Security tooling"),
    ("legacy-shop", "Closed"),
)


class Door:
    """boto3 clients whose requests go straight into a layer: no server, no network."""

    def __init__(self, layer: "LimitsLayer") -> None:
        self.layer = layer
        self.session = boto3.Session("testing", "testing", region_name=REGION)

    def client(self, service: str) -> Any:
        config = Config(retries={"total_max_attempts": 1}, inject_host_prefix=False)
        make: Any = self.session.client
        client = make(service, endpoint_url="http://sandbox.invalid", config=config)
        client.meta.events.register("before-send", self._send)
        return client

    def _send(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        path, __, query = str(request.url).removeprefix("http://sandbox.invalid").partition("?")
        sent: Any = request.body or b""
        body = sent.encode() if isinstance(sent, str) else bytes(sent)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request.method,
            "PATH_INFO": path or "/",
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "http",
        }
        for header, value in request.headers.items():
            key = header.upper().replace("-", "_")
            text = value.decode() if isinstance(value, bytes) else str(value)
            environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = text
        call = parse(environ, body)
        if call is None:
            raise ValueError("The request is not signed.")
        answer = self.layer.serve(call)
        headers = HTTPHeaders()
        for header, text in answer.headers:
            headers[header] = text
        return AWSResponse(request.url, answer.status, headers, _Raw(answer.body))


class _Raw:
    """The little of urllib3's response that botocore reads."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self, **_: Any) -> list[bytes]:
        return [self.body]


def seed_organization(layer: "LimitsLayer") -> None:
    """Fill an empty sandbox. Raises what AWS would: a seed that fails must be seen."""
    door = Door(layer)
    units = _organization(door)
    _accounts(door, units)
    stack_sets(door)
    _parameters(door, units)
    _management_role(door)
    _mail_domain(door)


def _organization(door: Door) -> dict[str, str]:
    organizations = door.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    units = {"Root": root}
    for name, below in UNITS.items():
        units[name] = _unit(organizations, root, name)
        for child in below:
            units[child] = _unit(organizations, units[name], child)
    for service in TRUSTED:
        organizations.enable_aws_service_access(ServicePrincipal=service)
    stay = _policy(organizations, "deny-leaving-organization", "organizations:LeaveOrganization")
    organizations.attach_policy(PolicyId=stay, TargetId=root)
    shut = _policy(organizations, "quarantine", "*")
    organizations.attach_policy(PolicyId=shut, TargetId=units["Quarantine"])
    return units


def _unit(organizations: Any, parent: str, name: str) -> str:
    return str(organizations.create_organizational_unit(ParentId=parent, Name=name)["OrganizationalUnit"]["Id"])


def _policy(organizations: Any, name: str, action: str) -> str:
    content = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": action, "Resource": "*"}]}
    made = organizations.create_policy(
        Name=name, Description=f"Denies {action}", Type="SERVICE_CONTROL_POLICY", Content=json.dumps(content)
    )
    return str(made["Policy"]["PolicySummary"]["Id"])


def _accounts(door: Door, units: dict[str, str]) -> None:
    """Two accounts in use and one closed long ago: their e-mail addresses are taken for good."""
    organizations = door.client("organizations")
    parents = ("Production", "Production", "Suspended")
    for (name, purpose), parent in zip(ACCOUNTS, parents, strict=True):
        tags = [{"Key": "purpose", "Value": purpose}] if purpose else []
        request = organizations.create_account(Email=f"aws-{name}@example.com", AccountName=name, Tags=tags)
        request_id = request["CreateAccountStatus"]["Id"]
        made = organizations.describe_create_account_status(CreateAccountRequestId=request_id)
        account = made["CreateAccountStatus"]["AccountId"]
        organizations.move_account(AccountId=account, SourceParentId=units["Root"], DestinationParentId=units[parent])
        if parent == "Suspended":
            organizations.close_account(AccountId=account)


def stack_sets(door: Door) -> None:
    cloudformation = door.client("cloudformation")
    for name, (description, resources) in TEMPLATES.items():
        template = {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": description,
            "Resources": resources,
        }
        cloudformation.create_stack_set(
            StackSetName=name, Description=description, TemplateBody=json.dumps(template),
            PermissionModel="SELF_MANAGED", Capabilities=["CAPABILITY_NAMED_IAM"],
        )  # fmt: skip


def _parameters(door: Door, units: dict[str, str]) -> None:
    offered = {name: units[name] for name in ("Production", "Staging", "Development", "Sandbox")}
    values = {
        "organizational-units": offered,
        "stack-sets/default": ["account-baseline"],
        "stack-sets/optional": ["vpc-standard", "backup-vault"],
    }
    ssm = door.client("ssm")
    for name, value in values.items():
        ssm.put_parameter(Name=f"/account-vending/{name}", Value=json.dumps(value), Type="String")


def _management_role(door: Door) -> None:
    trust = _trust({"AWS": f"arn:aws:iam::{MANAGEMENT}:root"})
    iam = door.client("iam")
    iam.create_role(RoleName="account-vending-portal", AssumeRolePolicyDocument=json.dumps(trust))
    iam.create_role(
        RoleName="AWSCloudFormationStackSetAdministrationRole",
        AssumeRolePolicyDocument=json.dumps(_trust({"Service": "cloudformation.amazonaws.com"})),
    )


def _mail_domain(door: Door) -> None:
    door.client("sesv2").create_email_identity(EmailIdentity="example.com")


def _trust(principal: dict[str, str]) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


TEMPLATES: dict[str, tuple[str, dict[str, Any]]] = {
    "account-baseline": (
        "What every account has: a log group, an audit role and a private bucket",
        {
            "AuditRole": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": {"Fn::Sub": "baseline-audit-${AWS::Region}"},
                    "AssumeRolePolicyDocument": _trust({"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}),
                },
            },
            "LogGroup": {
                "Type": "AWS::Logs::LogGroup",
                "Properties": {"LogGroupName": "/account-baseline", "RetentionInDays": 365},
            },
            "Bucket": {
                "Type": "AWS::S3::Bucket",
                "Properties": {"BucketName": {"Fn::Sub": "baseline-${AWS::AccountId}-${AWS::Region}"}},
            },
        },
    ),
    "vpc-standard": (
        "A VPC with one subnet",
        {
            "Vpc": {
                "Type": "AWS::EC2::VPC",
                "Properties": {"CidrBlock": "10.0.0.0/20", "Tags": [{"Key": "Name", "Value": "standard"}]},
            },
            "Subnet": {
                "Type": "AWS::EC2::Subnet",
                "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/24"},
            },
        },
    ),
    "backup-vault": (
        "A versioned bucket for backups and the role that writes them",
        {
            "Vault": {
                "Type": "AWS::S3::Bucket",
                "Properties": {
                    "BucketName": {"Fn::Sub": "backup-${AWS::AccountId}-${AWS::Region}"},
                    "VersioningConfiguration": {"Status": "Enabled"},
                },
            },
            "BackupRole": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": {"Fn::Sub": "backup-${AWS::Region}"},
                    "AssumeRolePolicyDocument": _trust({"Service": "backup.amazonaws.com"}),
                },
            },
        },
    ),
}
