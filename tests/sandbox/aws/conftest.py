import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import boto3
import pytest
from botocore.config import Config

from sandbox.aws.server import SandboxAws
from sandbox.aws.settings import Settings

REGION = "eu-central-1"
ONCE = Config(retries={"total_max_attempts": 1}, read_timeout=5, connect_timeout=5)


class Aws:
    """A sandbox and clients for it: `aws.client("iam")` in the management account, or in another one."""

    def __init__(self, sandbox: SandboxAws) -> None:
        self.sandbox = sandbox
        self.control = sandbox.control
        self.session = boto3.Session("testing", "testing", region_name=REGION)
        self.own: dict[str, Any] = {}

    def client(self, service: str, account: str = "", role: str = "OrganizationAccountAccessRole") -> Any:
        if not account:
            if service not in self.own:
                self.own[service] = self._connect(service)
            return self.own[service]
        arn = f"arn:aws:iam::{account}:role/{role}"
        made = self.client("sts").assume_role(RoleArn=arn, RoleSessionName="tests")["Credentials"]
        return self._connect(
            service,
            aws_access_key_id=made["AccessKeyId"],
            aws_secret_access_key=made["SecretAccessKey"],
            aws_session_token=made["SessionToken"],
        )

    def _connect(self, service: str, **keys: str) -> Any:
        return self.session.client(service, endpoint_url=self.sandbox.url, config=ONCE, **keys)

    def create(self, name: str, **more: Any) -> dict[str, Any]:
        email = more.pop("email", f"{name}@example.com")
        made = self.client("organizations").create_account(Email=email, AccountName=name, **more)
        return made["CreateAccountStatus"]

    def status(self, creation: dict[str, Any]) -> dict[str, Any]:
        told = self.client("organizations").describe_create_account_status(CreateAccountRequestId=creation["Id"])
        return told["CreateAccountStatus"]

    def account(self, name: str, execution_role: bool = True) -> str:
        account_id = self.status(self.create(name))["AccountId"]
        if execution_role:
            self.client("iam", account_id).create_role(
                RoleName="AWSCloudFormationStackSetExecutionRole", AssumeRolePolicyDocument="{}"
            )
        return account_id

    def eventually(self, check: Callable[[], Any], seconds: float = 5.0) -> Any:
        """The first true value of the check; the test fails where none comes in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if value := check():
                return value
            time.sleep(0.01)
        pytest.fail("It did not happen in time.")


@pytest.fixture(scope="session")
def _served() -> Iterator[Aws]:
    with SandboxAws(time_scale=0, seed=True) as sandbox:
        yield Aws(sandbox)


@pytest.fixture
def aws(_served: Aws) -> Aws:
    """The seeded sandbox, where nothing takes time and nothing is throttled, as new for each test."""
    _served.control.change_settings(time_scale=0, **asdict(Settings(rates=False)))
    _served.sandbox.reset()
    return _served


@pytest.fixture
def slow(aws: Aws) -> Aws:
    """The same, where an AWS second takes 5 ms."""
    aws.control.change_settings(time_scale=0.005)
    return aws
