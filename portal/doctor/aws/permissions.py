"""What the portal's identity may do in the management account: asked of IAM, else by reading what can be read."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from portal.doctor.aws.needed import Steps
from portal.doctor.aws.needs import Need, Where, needs
from portal.doctor.aws.said import Refusals, said
from portal.doctor.finding import Finding, failed, ok, some, warning
from vending.aws import organizations, ssm
from vending.aws.errors import Fault
from vending.aws.session import Clients

ASSUMED = re.compile(r"arn:(aws[a-z-]*):sts::(\d{12}):assumed-role/([^/]+)/.+")


def look(clients: Clients, steps: Steps) -> Iterator[Finding]:
    what = _("needed actions")
    try:
        organization = organizations.organization(clients)
        caller = clients.management("sts").get_caller_identity()
    except Refusals as problem:
        yield failed(what, said(problem), _("The role needs organizations:DescribeOrganization."))
        return
    where = Where(clients.partition, caller["Account"], organization.id, clients.region)
    wanted = needs(where, steps)
    try:
        denied = [action for need in wanted for action in _refused(clients, _principal(caller["Arn"]), need)]
    except Refusals:
        yield _by_reading(clients)
        return
    count = sum(len(need.actions) for need in wanted)
    if denied:
        yield failed(what, _("not allowed: {names}").format(names=some(denied, 8)), _deploy())
    else:
        yield ok(what, _("all {count} allowed (asked of IAM)").format(count=count))


def _principal(caller: str) -> str:
    """What IAM simulates: the role behind a session. A role with a path is known only where a setting names it."""
    assumed = ASSUMED.fullmatch(caller)
    if settings.AWS_MANAGEMENT_ROLE_ARN:
        return str(settings.AWS_MANAGEMENT_ROLE_ARN)
    return f"arn:{assumed[1]}:iam::{assumed[2]}:role/{assumed[3]}" if assumed else caller


def _refused(clients: Clients, principal: str, need: Need) -> list[str]:
    answer = clients.management("iam").simulate_principal_policy(
        PolicySourceArn=principal,
        ActionNames=list(need.actions),
        ResourceArns=[need.resource],
        ContextEntries=[
            {"ContextKeyName": name, "ContextKeyValues": [value], "ContextKeyType": "string"}
            for name, value in need.context.items()
        ],
    )
    return [each["EvalActionName"] for each in answer["EvaluationResults"] if each["EvalDecision"] != "allowed"]


def _by_reading(clients: Clients) -> Finding:
    """Reads that change nothing. Whether the changes are allowed cannot be tried without making them."""
    what = _("needed actions")
    refused = []
    for action, read in _READS.items():
        try:
            read(clients)
        except Refusals:
            refused.append(action)
    if refused:
        return failed(what, _("not allowed: {names}").format(names=some(refused, 8)), _deploy())
    seen = _("all {count} reads are allowed; whether changes are, was not asked").format(count=len(_READS))
    return warning(what, seen, _("Allow iam:SimulatePrincipalPolicy on the role itself, as deploy/aws does."))


def _deploy() -> str:
    return _("Deploy deploy/aws/management-role.yaml again, with the parameters of what the baseline uses.")


def _any_unit(clients: Clients) -> object:
    units = organizations_on_offer(clients)
    return organizations.describe_ou(clients, units[0]) if units else None


def organizations_on_offer(clients: Clients) -> list[str]:
    """Ids of the units that the parameter names; none where it cannot be read, which is said elsewhere."""
    try:
        return [unit for unit in ssm.organizational_units(clients).values() if unit.startswith("ou-")]
    except Fault:
        return []


_READS: dict[str, Callable[[Clients], Any]] = {
    "organizations:ListAccounts": organizations.list_accounts,
    "organizations:ListCreateAccountStatus": lambda clients: organizations.recent_creations(clients, ("IN_PROGRESS",)),
    "organizations:DescribeOrganizationalUnit": _any_unit,
    "ssm:GetParameter": lambda clients: ssm.parameter(clients, ssm.ORGANIZATIONAL_UNITS, ttl=0),
}
