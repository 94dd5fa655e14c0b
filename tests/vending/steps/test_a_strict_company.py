"""A whole run of a company that switches on everything around the account: what the steps do together."""

import boto3
import pytest

from audit.services import Actor
from tests.vending.people import approve, ask_for
from vending.aws import identity_center, policies, root
from vending.aws.session import clients_from_settings
from vending.choices import RunStatus
from vending.models import Run
from vending.services.baselines import import_baseline

pytestmark = pytest.mark.django_db

BASELINE = """
steps:
  create_account: {}
  quarantine: {parameters: {policy: quarantine}}
  account_ready: {}
  organizational_unit: {}
  guardrails:
    parameters: {policies: []}
    environments:
      production: {parameters: {policies: [deny-leaving-organization]}}
  root_access: {}
  service_quotas: {parameters: {quotas: [{service: vpc, quota: L-F678F1CE, value: 20}]}}
  support_plan: {parameters: {plan: Enterprise}}
  guardduty: {parameters: {regions: [eu-central-1]}}
  security_hub: {parameters: {regions: [eu-central-1]}}
  identity_center: {parameters: {assignments: {ReadOnly: [Auditors]}}}
  custom_build: {parameters: {project: customize}}
  lift_quarantine: {}
"""


def test_a_run_with_everything_around_the_account_switched_on_ends_ready_and_open(aws, drain):
    clients = clients_from_settings()
    clients.management("organizations").enable_aws_service_access(ServicePrincipal="iam.amazonaws.com")
    root.enable_credentials_management(clients)
    root.enable_sessions(clients)
    where = identity_center.instance(clients)
    clients.management("sso-admin").create_permission_set(InstanceArn=where.arn, Name="ReadOnly")
    identity_center.create_group(clients, where, "Auditors", "For tests")
    boto3.client("codebuild", region_name="eu-central-1").create_project(
        name="customize",
        source={"type": "S3", "location": "company-builds/customize.zip"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={"type": "LINUX_CONTAINER", "image": "standard", "computeType": "BUILD_GENERAL1_SMALL"},
        serviceRole="arn:aws:iam::123456789012:role/build",
    )
    import_baseline(text=BASELINE, actor=Actor.system("test"))
    request = ask_for("AVM-1")
    drain()
    approve(request)
    drain()
    run = Run.objects.get()
    assert run.status == RunStatus.SUCCEEDED, [(s.step, s.status, s.problem) for s in run.steps.all()]
    attached = {policy.name for policy in policies.policies_of(clients, run.account.account_id)}
    assert "deny-leaving-organization" in attached
    assert "quarantine" not in attached
    assert run.steps.order_by("finished_at").last().step == "lift_quarantine"
