"""Who the portal is in AWS: its own credentials, and the role in the management account."""

from collections.abc import Iterator

import boto3
from botocore.config import Config
from django.conf import settings
from django.utils.translation import gettext as _

from portal.doctor.aws.said import Refusals, said
from portal.doctor.finding import Finding, failed, ok
from vending.aws.session import Clients


def look(clients: Clients) -> Iterator[Finding]:
    what = _("AWS identity")
    config = Config(connect_timeout=5, read_timeout=8, retries={"total_max_attempts": 1})
    try:
        own = boto3.Session(region_name=settings.AWS_REGION).client("sts", config=config).get_caller_identity()["Arn"]
    except Refusals as problem:
        advice = _("Give the portal AWS credentials: an instance or task role, or AWS_ACCESS_KEY_ID and its secret.")
        yield failed(what, said(problem), advice)
        return
    yield ok(what, _("{arn} in {region}").format(arn=own, region=settings.AWS_REGION))
    if settings.AWS_MANAGEMENT_ROLE_ARN:
        yield _role(clients)


def _role(clients: Clients) -> Finding:
    what = _("management role")
    try:
        return ok(what, clients.management("sts", attempts=1).get_caller_identity()["Arn"])
    except Refusals as problem:
        advice = _(
            "The role's trust policy must name the portal's identity and ask for the value of AWS_EXTERNAL_ID; "
            "that identity needs sts:AssumeRole on AWS_MANAGEMENT_ROLE_ARN (deploy/aws)."
        )
        return failed(what, said(problem), advice)
