"""Everything the portal does in the management account, once: pre-flight, a vending with every step, compliance,
adoption, the doctor; with the mishaps that lead to the calls of a recovery.
"""

import pydoc
from collections.abc import Callable
from typing import Any

import yaml
from botocore.exceptions import ClientError
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from audit.services import Actor
from compliance.services import adopt_accounts, check_account
from portal.doctor import aws as doctor
from sandbox.aws.server import SandboxAws
from taskqueue import clock
from tests.deploy.templates import MANAGEMENT, REGION, ROLE, client
from tests.vending.people import approve, ask_for
from tests.vending.steps.federation import metadata
from vending.models import Account, AccountRequest
from vending.services.baselines import import_baseline
from vending.steps import registry

CLOUD_TEAM = Actor.system("test")
PROJECT = "customize"
LEFT_OUT = {"identity_portal": "talks to the identity-management system, not to AWS"}
PARAMETERS: dict[str, dict[str, Any]] = {
    "quarantine": {"policy": "quarantine"},
    "guardrails": {"policies": ["deny-leaving-organization"]},
    "regions": {"regions": ["eu-south-1"]},
    "default_vpc": {"regions": [REGION]},
    "ebs_encryption": {"regions": [REGION]},
    "guardduty": {"regions": [REGION]},
    "security_hub": {"regions": [REGION]},
    "config_recorder": {"regions": [REGION], "bucket": "log-archive"},
    "support_plan": {"plan": "Enterprise"},
    "saml_access": {"metadata": metadata()},
    "identity_center": {"assignments": {"Admin": ["Administrators"]}},
    "custom_build": {"project": PROJECT},
}
IAM_PREFIXES = {"service-quotas": "servicequotas", "sso-admin": "sso"}
"""Where IAM's name of a service is not boto3's."""
NEEDS_NO_PERMISSION = {"sts:GetCallerIdentity"}
WORK_AT_MOST = 1000


def prepare(aws: SandboxAws) -> dict[str, str]:
    """What the company has set up before; the parameters of the role's template that go with it."""
    client("organizations").enable_aws_service_access(ServicePrincipal="iam.amazonaws.com")
    client("iam").enable_organizations_root_credentials_management()
    client("iam").enable_organizations_root_sessions()
    client("codebuild").create_project(
        name=PROJECT,
        source={"type": "S3", "location": "company-builds/customize.zip"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={"type": "LINUX_CONTAINER", "image": "standard:7.0", "computeType": "BUILD_GENERAL1_SMALL"},
        serviceRole=f"arn:aws:iam::{MANAGEMENT}:role/build",
    )
    [instance] = client("sso-admin").list_instances()["Instances"]
    client("sso-admin").create_permission_set(InstanceArn=instance["InstanceArn"], Name="Admin")
    client("identitystore").create_group(IdentityStoreId=instance["IdentityStoreId"], DisplayName="Administrators")
    policies = client("organizations").list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    return {
        "QuarantinePolicyId": next(each["Id"] for each in policies if each["Name"] == "quarantine"),
        "RootAccess": "yes",
        "SupportCases": "yes",
        "IdentityCenterInstanceId": instance["InstanceArn"].rpartition("/")[2],
        "IdentityStoreId": instance["IdentityStoreId"],
        "CodeBuildProject": PROJECT,
    }


def tell(aws: SandboxAws, enough: Callable[[], bool] = lambda: False) -> None:
    """Play it until `enough`, asked after every message of the queue and every chapter."""
    # everything takes a moment, so that the portal asks again; but no new account refuses its role for a while
    aws.control.change_settings(time_scale=0.001, unreliable=0.0, assignment=4000.0)
    _every_step()
    aws.control.add_fault(kind="drop_request", operation="CreateAccount")
    aws.control.add_fault(kind="drop_answer", operation="StartBuild")
    aws.control.add_fault(kind="instance", contains="account-baseline", message="Rate exceeded")
    chapters: list[Callable[[], object]] = [
        lambda: ask_for("AVM-1", optional_stack_sets="vpc-standard"),
        lambda: _work(enough),
        lambda: approve(AccountRequest.objects.get(ticket="AVM-1")),
        lambda: _work(enough),
        lambda: [check_account(account_id=each.pk) for each in Account.objects.all()],
        lambda: adopt_accounts(actor=CLOUD_TEAM),
        lambda: list(doctor.look()),
    ]
    for chapter in chapters:
        chapter()
        if enough():
            return


def calls(aws: SandboxAws) -> list[dict[str, Any]]:
    """What the portal asked of AWS as its role in the management account, each with the name of its action."""
    made = [each for each in aws.control.calls() if (each["account"], each["role"]) == (MANAGEMENT, ROLE)]
    return [{**each, "action": _action(each["service"], each["operation"])} for each in made]


def refused(aws: SandboxAws) -> set[str]:
    return {each["action"] for each in calls(aws) if each["error"].startswith("AccessDenied")}


def _action(service: str, operation: str) -> str:
    return f"{IAM_PREFIXES.get(service, service)}:{operation}"


def _every_step() -> None:
    steps = [name for name in registry.BY_NAME if name not in LEFT_OUT]
    document = {"steps": {name: {"parameters": PARAMETERS.get(name, {})} for name in steps}}
    import_baseline(text=yaml.safe_dump(document), actor=CLOUD_TEAM)


def _work(enough: Callable[[], bool]) -> None:
    """Work off the queue as a worker would, message by message, until it is empty or enough was seen."""
    for _ in range(WORK_AT_MOST):
        message = OrmQ.objects.filter(lock__lte=clock.now()).order_by("lock", "id").first()
        if message is None or enough():
            return
        task: dict[str, Any] = SignedPackage.loads(message.payload)
        message.delete()
        try:
            pydoc.locate(task["func"])(*task["args"], **task["kwargs"])  # type: ignore[operator]
        except ClientError:
            if not enough():  # else it is the refusal that was waited for; a worker would try again later
                raise
    raise AssertionError("The queue never gets empty.")
