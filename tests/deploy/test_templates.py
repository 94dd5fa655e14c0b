"""The templates themselves, before they are deployed anywhere."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.templates import FOLDER, TEMPLATES, actions_in, deploy, deploy_management_role, policies_of
from vending.aws import ssm
from vending.aws.session import Clients

CFN_LINT = Path(sys.executable).with_name("cfn-lint")
MOST_CHARACTERS = 10_240  # IAM quotas: of all inline policies of a role, white space not counted


def lint(*templates: Path) -> subprocess.CompletedProcess[str]:
    command = [CFN_LINT, "--include-checks", "I", "--", *templates]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_cfn_lint_finds_nothing():
    checked = lint(*TEMPLATES)
    assert (checked.returncode, checked.stdout) == (0, "")


def test_cfn_lint_would_find_an_action_that_does_not_exist(tmp_path):
    wrong = tmp_path / "wrong.yaml"
    right = (FOLDER / "management-role.yaml").read_text()
    wrong.write_text(right.replace("organizations:ListAccounts\n", "organizations:ListAcounts\n"))
    assert "listacounts" in lint(wrong).stdout.lower()


def test_all_policies_together_fit_into_a_role(aws):
    deploy_management_role(
        QuarantinePolicyId="p-12345678", RootAccess="yes", SupportCases="yes", AllowClosingAccounts="yes",
        IdentityCenterInstanceId="ssoins-1234567890123456", IdentityStoreId="d-1234567890",
        CodeBuildProject="customize", StackSetAdministrationRoleName="our-administration-role",
    )  # fmt: skip
    written = sum(len(json.dumps(each, separators=(",", ":"))) for each in policies_of().values())
    assert written < 0.9 * MOST_CHARACTERS


def test_the_portal_reads_the_parameters_as_they_are_deployed(aws):
    client = Clients(region="eu-central-1").management("ssm")
    names = [ssm.ORGANIZATIONAL_UNITS, ssm.DEFAULT_STACK_SETS, ssm.OPTIONAL_STACK_SETS]
    client.delete_parameters(Names=names)
    deploy(
        "parameters", OrganizationalUnits='{"Production": "ou-ab12-12345678"}',
        DefaultStackSets='["account-baseline"]', OptionalStackSets='["vpc-standard"]',
    )  # fmt: skip
    clients = Clients(region="eu-central-1")
    assert ssm.organizational_units(clients, ttl=0) == {"Production": "ou-ab12-12345678"}
    assert ssm.default_stack_sets(clients, ttl=0) == ("account-baseline",)
    assert ssm.optional_stack_sets(clients, ttl=0) == ("vpc-standard",)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_allows_a_whole_service(template):
    allowed = template.read_text().split("Effect: Allow")[1:]
    assert not [each for each in allowed if ":*\n" in each.split("Resource:")[0]]


def test_every_action_the_role_can_allow_has_its_reason_in_the_documentation():
    rows = re.findall(r"^\| `([\w:]+)` \|", (FOLDER.parents[1] / "docs" / "aws.md").read_text(), re.MULTILINE)
    assert sorted(rows) == actions_in("management-role", "Allow")
