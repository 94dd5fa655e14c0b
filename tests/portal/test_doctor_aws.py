"""The doctor's look at AWS: an organization that is set up, and each thing that may be missing."""

import json
from typing import Any

import boto3
import pytest

from portal.doctor import aws as side
from sandbox.aws.server import SandboxAws
from taskqueue import clock
from tests.portal.doctor import states, told
from vending.aws import ssm
from vending.aws.session import clients_from_settings
from vending.models import Baseline, BaselineActivation, BaselineStep

pytestmark = pytest.mark.django_db
ROLE = "arn:aws:iam::123456789012:role/account-vending-portal"


@pytest.fixture(autouse=True)
def fresh(aws: SandboxAws) -> Any:
    ssm.forget()
    yield
    aws.control.clear_faults()
    aws.control.change_settings(enforce_iam=False)


def client(service: str) -> Any:
    return boto3.client(service, region_name="eu-central-1")


def baseline(**steps: dict[str, Any]) -> None:
    now = clock.now()
    made = Baseline.objects.create(version=99, created_at=now, created_by="test")
    BaselineStep.objects.bulk_create(BaselineStep(baseline=made, step=n, parameters=p) for n, p in steps.items())
    BaselineActivation.objects.create(baseline=made, activated_at=now, activated_by="test")


def test_an_aws_that_is_set_up_has_nothing_failed(aws: SandboxAws, settings: Any) -> None:
    settings.AWS_MANAGEMENT_ROLE_ARN = ROLE
    clients_from_settings.cache_clear()
    found = states(side.look())
    assert "failed" not in found.values()
    assert found["management role"] == found["needed actions"] == found["stack sets"] == "ok"


def test_without_credentials_nothing_else_is_asked(aws: SandboxAws) -> None:
    aws.control.add_fault(kind="error", operation="GetCallerIdentity", code="InvalidClientTokenId", times=-1)
    found = told(side.look())
    assert found["AWS identity"].state == "failed"
    assert set(found) == {"AWS identity", "the rest"}


def test_a_role_that_cannot_be_assumed_is_said_with_the_reason(settings: Any) -> None:
    settings.AWS_MANAGEMENT_ROLE_ARN = ROLE.replace("account-vending-portal", "nobody")
    clients_from_settings.cache_clear()
    found = told(side.look())["management role"]
    assert found.state == "failed"
    assert "AccessDenied" in found.seen
    assert "trust policy" in found.advice


def test_an_organization_with_billing_only_is_not_enough(aws: SandboxAws) -> None:
    aws.world.organization.org.feature_set = "CONSOLIDATED_BILLING"
    assert told(side.look())["organization"].state == "failed"


def test_trusted_access_that_a_step_needs_is_missed(aws: SandboxAws) -> None:
    baseline(root_access={}, guardduty={"administrator": "111122223333"}, security_hub={})
    found = told(side.look())
    assert found["trusted access"].state == "failed"
    assert "iam.amazonaws.com (root_access)" in found["trusted access"].seen
    assert "guardduty.amazonaws.com" in found["trusted access"].seen
    assert "securityhub" not in found["trusted access"].seen
    assert found["central root access"].state == "failed"


def test_trusted_access_that_is_on_is_well(aws: SandboxAws) -> None:
    baseline(root_access={})
    client("organizations").enable_aws_service_access(ServicePrincipal="iam.amazonaws.com")
    client("iam").enable_organizations_root_credentials_management()
    client("iam").enable_organizations_root_sessions()
    found = states(side.look())
    assert found["trusted access"] == found["central root access"] == "ok"


def test_what_may_not_be_asked_is_a_warning_that_says_where_to_look(aws: SandboxAws) -> None:
    operation = "ListAWSServiceAccessForOrganization"
    aws.control.add_fault(kind="error", operation=operation, code="AccessDeniedException", times=-1)
    found = told(side.look())["trusted access"]
    assert found.state == "warning"
    assert "account.amazonaws.com" in found.advice


def test_policies_that_are_switched_off_are_missed_where_the_baseline_attaches_some(aws: SandboxAws) -> None:
    baseline(guardrails={"policies": ["deny-leaving-organization"]})
    assert told(side.look())["service control policies"].state == "ok"
    root = client("organizations").list_roots()["Roots"][0]["Id"]
    client("organizations").disable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    assert told(side.look())["service control policies"].state == "failed"


def test_actions_that_the_role_lacks_are_named(aws: SandboxAws, settings: Any) -> None:
    read = [
        "organizations:Describe*",
        "organizations:List*",
        "iam:SimulatePrincipalPolicy",
        "ssm:*",
        "cloudformation:*",
    ]
    statement = {"Effect": "Allow", "Action": read, "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    client("iam").put_role_policy(RoleName="account-vending-portal", PolicyName="some", PolicyDocument=document)
    settings.AWS_MANAGEMENT_ROLE_ARN = ROLE
    clients_from_settings.cache_clear()
    aws.control.change_settings(enforce_iam=True)
    found = told(side.look())["needed actions"]
    assert found.state == "failed"
    assert "organizations:CreateAccount" in found.seen
    assert "organizations:ListAccounts" not in found.seen


def test_where_iam_may_not_be_asked_reads_are_tried(aws: SandboxAws) -> None:
    aws.control.add_fault(kind="error", operation="SimulatePrincipalPolicy", code="AccessDenied", times=-1)
    assert told(side.look())["needed actions"].state == "warning"
    aws.control.add_fault(kind="error", operation="ListAccounts", code="AccessDeniedException", times=-1)
    found = told(side.look())["needed actions"]
    assert found.state == "failed"
    assert "organizations:ListAccounts" in found.seen


@pytest.mark.parametrize(
    ("value", "said"),
    [("{not json", "not valid JSON"), ('{"Gone": "ou-abcd-00000000"}', "not in AWS: Gone"), ("{}", "names no")],
)
def test_a_parameter_that_is_not_sane_is_said(value: str, said: str) -> None:
    client("ssm").put_parameter(Name=ssm.ORGANIZATIONAL_UNITS, Value=value, Type="String", Overwrite=True)
    found = told(side.look())[ssm.ORGANIZATIONAL_UNITS]
    assert found.state == "failed"
    assert said in found.seen


def test_a_missing_parameter_is_said() -> None:
    client("ssm").delete_parameter(Name=ssm.DEFAULT_STACK_SETS)
    found = told(side.look())
    assert found[ssm.DEFAULT_STACK_SETS].state == "failed"
    assert found["stack sets"].state == "warning"


def test_a_parameter_that_names_nothing_is_a_warning() -> None:
    client("ssm").put_parameter(Name=ssm.OPTIONAL_STACK_SETS, Value="[]", Type="String", Overwrite=True)
    assert told(side.look())[ssm.OPTIONAL_STACK_SETS].state == "warning"


def test_a_stack_set_that_does_not_exist_is_named() -> None:
    client("ssm").put_parameter(Name=ssm.DEFAULT_STACK_SETS, Value='["nowhere"]', Type="String", Overwrite=True)
    found = told(side.look())["stack sets"]
    assert found.state == "failed"
    assert "nowhere" in found.seen


@pytest.mark.parametrize(("quota", "state"), [(100, "ok"), (4, "failed")])
def test_room_for_accounts_is_counted(aws: SandboxAws, monkeypatch: Any, quota: int, state: str) -> None:
    from portal.doctor.aws import quotas

    monkeypatch.setattr(quotas, "ACCOUNTS_QUOTA", ("organizations", "L-E619E033", "eu-central-1"))
    asked = client("service-quotas").request_service_quota_increase(
        ServiceCode="organizations", QuotaCode="L-E619E033", DesiredValue=quota
    )
    assert asked["RequestedQuota"]["DesiredValue"] == quota
    client("organizations").list_accounts()  # a moment passes, and the increase is granted
    assert told(side.look())["accounts quota"].state == state


def test_a_quota_that_cannot_be_read_is_a_warning(aws: SandboxAws) -> None:
    aws.control.add_fault(kind="error", operation="GetServiceQuota", code="AccessDeniedException", times=-1)
    found = told(side.look())["accounts quota"]
    assert found.state == "warning"
    assert "There are 4 accounts" in found.advice


def test_more_creations_at_once_than_aws_takes_are_a_warning(settings: Any) -> None:
    settings.MAX_CONCURRENT_CREATES = 9
    assert told(side.look())["creations at once"].state == "warning"


def mail(settings: Any, **values: str) -> None:
    given = {"JIRA_CHANNEL": "mail", "JIRA_MAILBOX": "jira@example.net", "SES_FROM": "bot@example.com"}
    for name, value in {**given, "SES_FROM_DOMAIN": "example.com", "SES_ROLE_ARN": "", **values}.items():
        setattr(settings, name, value)


def test_mail_is_looked_at_only_where_it_is_used(settings: Any) -> None:
    assert "SES identity" not in told(side.look())
    mail(settings)
    found = states(side.look())
    assert found["SES identity"] == found["DKIM"] == "ok"


def test_a_domain_that_ses_does_not_know_is_said(settings: Any) -> None:
    mail(settings, SES_FROM_DOMAIN="example.org", JIRA_MAILBOX="")
    found = told(side.look())
    assert found["SES identity"].state == "failed"
    assert found["mail sender"].state == "warning"
    assert "JIRA_MAILBOX" in found["mail settings"].seen


def test_a_mail_role_that_cannot_be_assumed_is_said(settings: Any) -> None:
    mail(settings, SES_ROLE_ARN="arn:aws:iam::123456789012:role/no-mail")
    assert "cannot be assumed" in told(side.look())["SES identity"].seen
