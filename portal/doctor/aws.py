"""AWS: who the portal is there, its organization, its parameters. Only looks."""

from collections.abc import Callable, Iterator

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from portal.doctor.finding import Finding, failed, ok, warning
from vending.aws import ssm
from vending.aws.errors import Fault
from vending.aws.session import Clients, clients_from_settings


def look() -> Iterator[Finding]:
    clients = clients_from_settings()
    identity = _identity(clients)
    yield identity
    if identity.state.value != "ok":
        return
    yield _organization(clients)
    for name, read in (
        (ssm.ORGANIZATIONAL_UNITS, ssm.organizational_units),
        (ssm.DEFAULT_STACK_SETS, ssm.default_stack_sets),
        (ssm.OPTIONAL_STACK_SETS, ssm.optional_stack_sets),
    ):
        yield _parameter(clients, name, read)


def _identity(clients: Clients) -> Finding:
    advice = "Give the portal AWS credentials, and let them assume AWS_MANAGEMENT_ROLE_ARN if that is set."
    try:
        arn = clients.management("sts").get_caller_identity()["Arn"]
    except (ClientError, BotoCoreError) as problem:
        return failed("AWS identity", _short(problem), advice)
    return ok("AWS identity", f"{arn} in {settings.AWS_REGION}")


def _organization(clients: Clients) -> Finding:
    try:
        found = clients.management("organizations").describe_organization()["Organization"]
    except (ClientError, BotoCoreError) as problem:
        advice = "The role needs organizations:DescribeOrganization and must belong to the management account."
        return failed("organization", _short(problem), advice)
    if found.get("FeatureSet") != "ALL":
        return failed("organization", f"{found['Id']} has consolidated billing only", "Enable all features.")
    return ok("organization", f"{found['Id']}, management account {found.get('MasterAccountId', 'unknown')}")


def _parameter(clients: Clients, name: str, read: Callable[..., object]) -> Finding:
    try:
        value = read(clients, ttl=0)
    except Fault as fault:
        return failed(name, str(fault), "See docs/settings.md for its form.")
    except (ClientError, BotoCoreError) as problem:
        return failed(name, _short(problem), "The role needs ssm:GetParameter on /account-vending/*.")
    if not value:
        return warning(name, "names nothing", "Leave it so if nothing is to be offered.")
    names = sorted(value)  # type: ignore[call-overload]
    return ok(name, f"{len(names)}: {', '.join(names[:4])}{' …' if len(names) > 4 else ''}")


def _short(problem: Exception) -> str:
    return str(problem).splitlines()[0][:160]
