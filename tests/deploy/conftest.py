"""A portal that works through the role of the template, in a sandbox that holds it to the role's policies."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

import pytest
from django.db import transaction
from django.test import override_settings

from sandbox.aws.server import SandboxAws
from sandbox.aws.settings import Settings
from tests.deploy import story
from tests.deploy.templates import EXTERNAL_ID, deploy_management_role
from vending.aws import ssm
from vending.aws.session import clients_from_settings

Telling = Callable[..., None]


@contextmanager
def portal_with_role(aws: SandboxAws) -> Iterator[SandboxAws]:
    """The sandbox as new, the role deployed, the portal using it. Its rows are gone afterwards."""
    os.environ["AWS_ENDPOINT_URL"] = aws.url
    aws.reset()
    arn = deploy_management_role(**story.prepare(aws))
    aws.control.change_settings(enforce_iam=True, few_regions=False)
    clients_from_settings.cache_clear()
    ssm.forget()
    try:
        with override_settings(AWS_MANAGEMENT_ROLE_ARN=arn, AWS_EXTERNAL_ID=EXTERNAL_ID), transaction.atomic():
            yield aws
            transaction.set_rollback(True)
    finally:
        aws.control.change_settings(**asdict(Settings(rates=False, few_regions=True)), time_scale=0)
        aws.control.clear_faults()
        clients_from_settings.cache_clear()
        ssm.forget()
        del os.environ["AWS_ENDPOINT_URL"]


@pytest.fixture
def portal(aws_world: SandboxAws, db: None) -> Iterator[SandboxAws]:
    with portal_with_role(aws_world) as aws:
        yield aws
