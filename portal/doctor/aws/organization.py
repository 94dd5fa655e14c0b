"""The organization: all features on, service control policies where they are used, trusted access where needed."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from portal.doctor.aws.needed import Steps, with_administrator
from portal.doctor.aws.said import Refusals, said
from portal.doctor.finding import Finding, failed, ok, warning
from vending.aws import cloudformation, ssm
from vending.aws.errors import Fault
from vending.aws.session import Clients

POLICY_STEPS = ("guardrails", "quarantine", "lift_quarantine")
ACCOUNT_STEPS = ("alternate_contacts", "regions")
ROOT_FEATURES = {"RootCredentialsManagement", "RootSessions"}


def look(clients: Clients) -> Iterator[Finding]:
    what = _("organization")
    try:
        found = clients.management("organizations").describe_organization()["Organization"]
        caller = clients.management("sts").get_caller_identity()["Account"]
    except Refusals as problem:
        advice = _("The role needs organizations:DescribeOrganization and must belong to the management account.")
        yield failed(what, said(problem), advice)
        return
    owner = found.get("MasterAccountId", caller)
    if found.get("FeatureSet") != "ALL":
        seen = _("{id} has consolidated billing only").format(id=found["Id"])
        yield failed(what, seen, _("Enable all features in AWS Organizations (Settings)."))
    elif caller != owner:
        seen = _("the portal works in {account}, the management account is {owner}").format(account=caller, owner=owner)
        yield failed(what, seen, _("Set AWS_MANAGEMENT_ROLE_ARN to a role in the management account."))
    else:
        yield ok(what, _("{id}, all features, management account {owner}").format(id=found["Id"], owner=owner))


def trusted(clients: Clients, steps: Steps) -> Iterator[Finding]:
    """Trusted access of what the active baseline uses, and what lies behind it."""
    yield _services(clients, steps)
    if any(name in steps for name in POLICY_STEPS):
        yield _policies(clients)
    if "root_access" in steps:
        yield _root_access(clients)


def needed_services(clients: Clients, steps: Steps) -> dict[str, str]:
    """Service principals that must be trusted, with what needs them."""
    of_accounts = [name for name in ACCOUNT_STEPS if name in steps]
    needed = {"account.amazonaws.com": ", ".join(of_accounts)} if of_accounts else {}
    needed |= {"iam.amazonaws.com": "root_access"} if "root_access" in steps else {}
    needed |= {"sso.amazonaws.com": "identity_center"} if "identity_center" in steps else {}
    needed |= {"guardduty.amazonaws.com": "guardduty"} if with_administrator(steps, "guardduty") else {}
    needed |= {"securityhub.amazonaws.com": "security_hub"} if with_administrator(steps, "security_hub") else {}
    if _service_managed(clients):
        needed["member.org.stacksets.cloudformation.amazonaws.com"] = _("service-managed stack sets")
    return needed


def _service_managed(clients: Clients) -> bool:
    try:
        names = (*ssm.default_stack_sets(clients), *ssm.optional_stack_sets(clients))
        found = [cloudformation.describe(clients, name) for name in names]
    except (*Refusals, Fault):
        return False  # said by the checks of parameters and of stack sets
    return any(each is not None and each.service_managed for each in found)


def _services(clients: Clients, steps: Steps) -> Finding:
    what, needed = _("trusted access"), needed_services(clients, steps)
    if not needed:
        return ok(what, _("the active baseline needs none"))
    pages = clients.management("organizations").get_paginator("list_aws_service_access_for_organization").paginate()
    try:
        present = {each["ServicePrincipal"] for page in pages for each in page["EnabledServicePrincipals"]}
    except Refusals as problem:
        advice = _(
            "Allow organizations:ListAWSServiceAccessForOrganization (deploy/aws), or look in AWS Organizations, "
            "Services, for: {names}."
        )
        return warning(what, said(problem), advice.format(names=", ".join(needed)))
    missing = [f"{service} ({needed[service]})" for service in needed if service not in present]
    if missing:
        advice = _("Switch it on in the management account: AWS Organizations, Services.")
        return failed(what, _("not on: {names}").format(names=", ".join(missing)), advice)
    return ok(what, ", ".join(needed))


def _policies(clients: Clients) -> Finding:
    what = _("service control policies")
    try:
        root = clients.management("organizations").list_roots()["Roots"][0]
    except Refusals as problem:
        return warning(what, said(problem), _("Allow organizations:ListRoots, or look in AWS Organizations, Policies."))
    on = {each["Type"] for each in root.get("PolicyTypes", ()) if each.get("Status") == "ENABLED"}
    if "SERVICE_CONTROL_POLICY" in on:
        return ok(what, _("switched on"))
    return failed(
        what, _("switched off, but the baseline attaches some"), _("Enable them: AWS Organizations, Policies.")
    )


def _root_access(clients: Clients) -> Finding:
    what = _("central root access")
    try:
        features = set(clients.management("iam").list_organizations_features().get("EnabledFeatures", ()))
    except Refusals as problem:
        return failed(
            what, said(problem), _("The role needs iam:ListOrganizationsFeatures (RootAccess in deploy/aws).")
        )
    if missing := ROOT_FEATURES - features:
        advice = _("Switch it on in the management account: IAM, Root access management.")
        return failed(what, _("not on: {names}").format(names=", ".join(sorted(missing))), advice)
    return ok(what, ", ".join(sorted(features)))
