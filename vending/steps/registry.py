"""The literal list of steps. A new step is one class in one file, and one line here."""

from graphlib import TopologicalSorter

from vending.engine.step import Gate, Step
from vending.steps.account_alias import AccountAlias
from vending.steps.account_ready import AccountReady
from vending.steps.alternate_contacts import AlternateContacts
from vending.steps.budget import Budget
from vending.steps.close_account import CloseAccount
from vending.steps.closed_unit import ClosedUnit
from vending.steps.config_recorder import ConfigRecorder
from vending.steps.create_account import CreateAccount
from vending.steps.custom_build import CustomBuild
from vending.steps.default_vpc import DefaultVpc
from vending.steps.ebs_encryption import EbsEncryption
from vending.steps.guardduty import GuardDuty
from vending.steps.guardrails import Guardrails
from vending.steps.identity_center import IdentityCenter
from vending.steps.identity_portal import PublishRoles
from vending.steps.lift_quarantine import LiftQuarantine
from vending.steps.organizational_unit import OrganizationalUnit
from vending.steps.password_policy import PasswordPolicy
from vending.steps.quarantine import Quarantine
from vending.steps.regions import Regions
from vending.steps.root_access import RootAccess
from vending.steps.s3_public_access import S3PublicAccess
from vending.steps.saml_access import SamlAccess
from vending.steps.security_hub import SecurityHub
from vending.steps.service_quotas import ServiceQuotas
from vending.steps.stack_set_role import StackSetRole
from vending.steps.stack_sets import DefaultStackSets, OptionalStackSets
from vending.steps.support_plan import SupportPlan
from vending.steps.tags import Tags

STEPS: tuple[type[Step], ...] = (
    CreateAccount,
    Quarantine,
    AccountReady,
    OrganizationalUnit,
    Tags,
    AlternateContacts,
    Regions,
    AccountAlias,
    Budget,
    DefaultVpc,
    EbsEncryption,
    PasswordPolicy,
    S3PublicAccess,
    SamlAccess,
    StackSetRole,
    DefaultStackSets,
    OptionalStackSets,
    Guardrails,
    RootAccess,
    PublishRoles,
    ServiceQuotas,
    SupportPlan,
    GuardDuty,
    SecurityHub,
    ConfigRecorder,
    IdentityCenter,
    CustomBuild,
    LiftQuarantine,
)
CLOSING: tuple[type[Step], ...] = (ClosedUnit, CloseAccount)
"""The end of an account: no part of any baseline."""
BY_NAME: dict[str, type[Step]] = {step.name: step for step in STEPS}


def get(name: str) -> Step:
    """The step of that name. Raises KeyError when a row names a step that this version does not have."""
    ending = {step.name: step for step in CLOSING}
    return (ending.get(name) or BY_NAME[name])()


def in_order() -> list[type[Step]]:
    """Every step after all it needs, and the last ones at the end."""
    order = TopologicalSorter({step: step.needs for step in (*STEPS, *CLOSING)}).static_order()
    return sorted(order, key=lambda step: step.last)


def gates() -> set[Gate]:
    """Every AWS limit that some step waits for."""
    return {step.gate for step in (*BY_NAME.values(), *CLOSING) if step.gate is not None}


def needs(step: type[Step]) -> list[str]:
    """The names of all steps this one needs, directly or not: a step left out must not break the order."""
    if step.last:
        return [each.name for each in STEPS if not each.last]
    found: dict[str, None] = {}
    for needed in step.needs:
        found[needed.name] = None
        found.update(dict.fromkeys(needs(needed)))
    return list(found)
