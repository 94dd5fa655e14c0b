"""The names that people and scripts rely on: settings, commands, addresses, parameters."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands
from django.urls import resolve

from vending.steps import registry

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = (ROOT / "portal" / "settings.py").read_text()
DESCRIBED = (ROOT / "docs" / "settings.md").read_text()

# the contract; boto3 reads AWS_ENDPOINT_URL by itself
PROMISED = [
    "SECRET_KEY", "DATABASE_URL", "ALLOWED_HOSTS", "PORTAL_BASE_URL",
    "JIRA_BASE_URL", "JIRA_FLAVOUR", "JIRA_USER", "JIRA_API_TOKEN", "JIRA_WEBHOOK_API_KEY",
    "JIRA_WEBHOOK_SECRET", "JIRA_CHANNEL", "JIRA_MAILBOX", "SES_ROLE_ARN", "SES_FROM_DOMAIN",
    "AWS_REGION", "AWS_MANAGEMENT_ROLE_ARN", "MAX_CONCURRENT_CREATES",
]  # fmt: skip


def read_by_settings() -> set[str]:
    return set(re.findall(r'\benv(?:\.\w+)?\(\s*"([A-Z][A-Z_]+)"', SETTINGS))


def described() -> set[str]:
    return set(re.findall(r"^\| `([A-Z][A-Z_]+)` \|", DESCRIBED, re.MULTILINE))


def test_every_setting_is_described() -> None:
    assert read_by_settings() - described() == set()


def test_every_described_setting_exists() -> None:
    assert described() - read_by_settings() == set()


@pytest.mark.parametrize("name", PROMISED)
def test_a_promised_setting_is_read(name: str) -> None:
    assert name in read_by_settings()


@pytest.mark.parametrize(
    "command", ["web", "worker", "doctor", "migrate", "fields", "baseline", "audit_verify", "person"]
)
def test_a_promised_command_exists(command: str) -> None:
    assert command in get_commands()


@pytest.mark.parametrize(
    "address",
    ["/jira/webhook", "/admin/", "/healthz", "/readyz", "/metrics", "/api/schema/", "/api/docs/"],
)
def test_a_promised_address_exists(address: str) -> None:
    assert resolve(address)


@pytest.mark.parametrize("target", ["demo", "sandbox", "test", "test-all", "lint", "bench", "lock", "clean"])
def test_a_promised_target_exists_and_says_what_it_does(target: str) -> None:
    shown = subprocess.run(["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True)
    assert re.search(rf"^  make {target} +\S", shown.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    "parameter",
    [
        "/account-vending/stack-sets/default",
        "/account-vending/stack-sets/optional",
        "/account-vending/organizational-units",
    ],
)
def test_a_promised_parameter_is_read_from_parameter_store(parameter: str) -> None:
    assert f'"{parameter}"' in (ROOT / "vending" / "aws" / "ssm.py").read_text()


def test_the_readme_lists_the_steps_that_are_on_by_default() -> None:
    default = yaml.safe_load((ROOT / "vending" / "baselines" / "default.yaml").read_text())["steps"]
    on = {step.title for step in registry.STEPS if step.name in default and default[step.name].get("enabled", True)}
    readme = (ROOT / "README.md").read_text()
    table = readme[readme.index("| step | what is so afterwards |") :].split("\n\n")[0]
    assert set(re.findall(r"^\| ([^|]+?) \|", table, re.MULTILINE)) - {"step"} == on
