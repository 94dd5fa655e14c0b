import os

import pytest

from sandbox.aws.credentials import MANAGEMENT
from sandbox.aws.server import SandboxAws
from vending.aws import organizations
from vending.aws.session import Clients

REGION = "eu-central-1"
ROLE = f"arn:aws:iam::{MANAGEMENT}:role/account-vending-portal"


@pytest.fixture(scope="module")
def sandbox():
    """One sandbox AWS a module, and boto3's own way of being pointed at it."""
    with SandboxAws(time_scale=0, seed=True) as aws, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", aws.url)
        for name, value in {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}.items():
            patch.setenv(name, os.environ.get(name, value))
        yield aws


@pytest.fixture(scope="module")
def shared(sandbox):
    """The chain as in production: workload, management role, member role."""
    return Clients(region=REGION, management_role_arn=ROLE)


@pytest.fixture
def clients(sandbox, shared):
    """The module's clients, with no fault left over from another test."""
    sandbox.world.faults.clear()
    return shared


@pytest.fixture(scope="module")
def member(shared):
    """The id of an account in use."""
    accounts = organizations.list_accounts(shared)
    return next(account.id for account in accounts if account.name == "log-archive")
