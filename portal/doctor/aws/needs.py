"""The actions that the portal needs in the management account, on which resources: deploy/aws in the doctor's words."""

from dataclasses import dataclass, field

from portal.doctor.aws.needed import Steps
from vending.aws import ssm
from vending.preflight import ACCOUNTS_QUOTA
from vending.steps.create_account import CreateAccount

ANY_ACCOUNT = "111122223333"
"""Stands for a member: the policies name members by a pattern."""


@dataclass(frozen=True)
class Need:
    """Actions on one resource, with the condition keys that such a call carries."""

    actions: tuple[str, ...]
    resource: str = "*"
    context: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Where:
    """What the resources' names are made of."""

    partition: str
    account: str
    organization: str
    region: str

    def organizations(self, kind: str, name: str) -> str:
        return f"arn:{self.partition}:organizations::{self.account}:{kind}/{self.organization}/{name}"

    def own(self, service: str, name: str, region: str | None = None) -> str:
        place = self.region if region is None else region
        return f"arn:{self.partition}:{service}:{place}:{self.account}:{name}"


def needs(where: Where, steps: Steps) -> list[Need]:
    """What is always needed, and what the steps that are on need besides."""
    return [*_always(where), *_contacts(where, steps), *_policies(where, steps), *_rest(where, steps)]


def _always(where: Where) -> list[Need]:
    member = where.organizations("account", ANY_ACCOUNT)
    names = ("CreateAccount", "DescribeCreateAccountStatus", "DescribeOrganization", "ListAccounts",
             "ListCreateAccountStatus")  # fmt: skip
    of_member = ("DescribeAccount", "ListParents", "ListTagsForResource", "MoveAccount", "TagResource")
    stack_sets = ("CreateStackInstances", "DescribeStackSet", "DescribeStackSetOperation", "ListStackInstances",
                  "ListStackSetOperationResults", "UpdateStackInstances")  # fmt: skip
    role = f"arn:{where.partition}:iam::{ANY_ACCOUNT}:role/{CreateAccount.Parameters().role_name}"
    service, quota, region = ACCOUNTS_QUOTA
    return [
        Need(tuple(f"organizations:{name}" for name in names)),
        Need(tuple(f"organizations:{name}" for name in of_member), member),
        Need(("organizations:DescribeOrganizationalUnit",), where.organizations("ou", "ou-0000-00000000")),
        Need(tuple(f"cloudformation:{name}" for name in stack_sets), where.own("cloudformation", "stackset/any:1")),
        Need(("sts:AssumeRole",), role, {"aws:ResourceOrgID": where.organization}),
        Need(("servicequotas:GetServiceQuota",), where.own("servicequotas", f"{service}/{quota}", region)),
        *(
            Need(("ssm:GetParameter",), where.own("ssm", f"parameter{name}"))
            for name in (ssm.ORGANIZATIONAL_UNITS, ssm.DEFAULT_STACK_SETS, ssm.OPTIONAL_STACK_SETS)
        ),
    ]


def _contacts(where: Where, steps: Steps) -> list[Need]:
    member = f"arn:{where.partition}:account::{where.account}:account/{where.organization}/{ANY_ACCOUNT}"
    contacts = ("account:GetAlternateContact", "account:PutAlternateContact") if "alternate_contacts" in steps else ()
    regions = ("account:EnableRegion", "account:ListRegions") if "regions" in steps else ()
    actions = (*contacts, *regions)
    return [Need(actions, member)] if actions else []


def _policies(where: Where, steps: Steps) -> list[Need]:
    on = {"guardrails", "quarantine", "lift_quarantine"} & set(steps)
    if not on:
        return []
    kind = {"organizations:PolicyType": "SERVICE_CONTROL_POLICY"}
    member = where.organizations("account", ANY_ACCOUNT)
    found = [
        Need(("organizations:ListPolicies",), "*", kind),
        Need(("organizations:AttachPolicy", "organizations:ListPoliciesForTarget"), member, kind),
    ]
    return [*found, Need(("organizations:DetachPolicy",), member, kind)] if "lift_quarantine" in on else found


def _rest(where: Where, steps: Steps) -> list[Need]:
    found = []
    if "root_access" in steps:
        task = f"arn:{where.partition}:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
        root = f"arn:{where.partition}:iam::{ANY_ACCOUNT}:root"
        found += [
            Need(("iam:ListOrganizationsFeatures",)),
            Need(("sts:AssumeRoot",), root, {"sts:TaskPolicyArn": task}),
        ]
    if "support_plan" in steps:
        found.append(Need(("support:CreateCase", "support:DescribeCases")))
    if "identity_center" in steps:
        found.append(Need(("sso:ListInstances",)))
    projects = {str(each.get("project")) for each in steps.get("custom_build", ()) if each.get("project")}
    builds = ("BatchGetBuilds", "BatchGetProjects", "ListBuildsForProject", "StartBuild")
    found += [
        Need(tuple(f"codebuild:{name}" for name in builds), where.own("codebuild", f"project/{project}"))
        for project in sorted(projects)
    ]
    return found
