"""Let people in through the company's identity provider: the SAML provider and the standard roles.

Source: AWS IAM, "Creating IAM SAML identity providers" and "Create a role for SAML 2.0 federation". Proved against
moto, which does not sign anybody in.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from django.utils.translation import gettext_noop as _
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from vending.aws import iam
from vending.aws.errors import Fault, Kind
from vending.engine.context import Context
from vending.engine.step import Done, Seen, Step, StepParameters
from vending.steps import federation_metadata
from vending.steps.account_ready import AccountReady

DEPARTMENT = "Department"


class RoleSetting(BaseModel):
    """One standard role; `{account_id}` may stand in its ARNs."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field(pattern=r"^[\w+=,.@-]{1,64}$")
    policies: list[str] = Field(min_length=1)
    """ARNs of managed policies; the role has exactly these."""
    max_session_seconds: int = Field(3600, ge=3600, le=43200)
    boundary: str = ""
    """ARN of the permissions boundary; empty: the portal sets none and takes none away."""
    department: str = ""
    """Whom the role is for; a tag of the role."""


class Federation(StepParameters):
    """The identity provider and the roles behind it. Metadata comes from an address, or stands here itself."""

    metadata_url: str = ""
    metadata: str = ""
    provider: str = Field("ADFS", pattern=r"^[\w._-]{1,128}$")
    audiences: list[str] = Field(["https://signin.aws.amazon.com/saml"], min_length=1)
    """Sign-in endpoints that a role accepts; AWS recommends those of several regions."""
    session_tag: str = "CostCenter"
    """The session tag that may be passed; empty: none."""
    source_identity: str = "*"
    """The source identities that may be passed, such as *@example.com; empty: none."""
    roles: list[RoleSetting] = []

    @field_validator("metadata_url")
    @classmethod
    def _by_https(cls, url: str) -> str:
        if url and not url.startswith("https://"):
            raise ValueError("The address must begin with https://.")
        return url

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if self.metadata_url and self.metadata:
            raise ValueError("Give metadata_url or metadata, not both.")
        return self


@dataclass(frozen=True)
class Change:
    """One thing that is not as wanted, and the one call that mends it."""

    wrong: str
    mend: Callable[[], object]


class SamlAccess(Step):
    name = "saml_access"
    title = _("Open the way in for people")
    needs = (AccountReady,)

    class Parameters(Federation):
        """The provider and the roles."""

    def look(self, ctx: Context) -> Seen:
        change = next(_changes(ctx), None)
        if change:
            return Seen(False, change.wrong)
        roles = ", ".join(role.name for role in ctx.parameters.roles) or "none"
        return Seen(True, f"The identity provider {ctx.parameters.provider} is set up; roles: {roles}.")

    def act(self, ctx: Context) -> Done:
        change = next(_changes(ctx), None)
        if change is None:
            return Done("Nothing was left to change.")
        change.mend()
        return Done(f"Mended: {change.wrong}")


def _changes(ctx: Context) -> Iterator[Change]:
    """What is not as wanted, read as far as somebody asks."""
    yield from _provider_changes(ctx)
    for role in ctx.parameters.roles:
        yield from _role_changes(ctx, role)


def _provider_changes(ctx: Context) -> Iterator[Change]:
    name, metadata = ctx.parameters.provider, _metadata(ctx.parameters)
    present = iam.saml_provider(ctx.clients, ctx.account_id, name)
    if present is None:
        yield Change(
            f"There is no identity provider {name}.",
            lambda: iam.create_saml_provider(ctx.clients, ctx.account_id, name, metadata),
        )
    elif not federation_metadata.same(present.metadata, metadata):
        yield Change(
            f"The identity provider {name} has other metadata than the company's.",
            lambda: iam.update_saml_provider(ctx.clients, ctx.account_id, name, metadata),
        )


def _metadata(federation: Federation) -> str:
    """The metadata as configured. Raises Fault, also where there is none."""
    if federation.metadata_url:
        return federation_metadata.read(federation.metadata_url)
    if not federation.metadata:
        raise Fault(
            Kind.PERMANENT,
            "NoMetadata",
            "The baseline names no federation metadata. "
            "Give the step “saml_access” a metadata_url, or switch it off, then start a new run.",
        )
    federation_metadata.check(federation.metadata)
    return federation.metadata


def _role_changes(ctx: Context, role: RoleSetting) -> Iterator[Change]:
    where = ctx.clients, ctx.account_id, role.name
    trust, boundary = _trust(ctx), _arn(ctx, role.boundary)
    tags = {DEPARTMENT: role.department} if role.department else {}
    present = iam.role(*where)
    if present is None:
        yield Change(
            f"There is no role {role.name}.",
            lambda: iam.create_role(
                *where, trust=trust, boundary_arn=boundary, max_session_seconds=role.max_session_seconds, tags=tags
            ),
        )
        return
    if boundary and present.boundary_arn != boundary:
        yield Change(f"The role {role.name} lacks the boundary {boundary}.", lambda: iam.put_boundary(*where, boundary))
    if present.trust != trust:
        yield Change(f"The role {role.name} trusts others than wanted.", lambda: iam.put_trust(*where, trust))
    if present.max_session_seconds != role.max_session_seconds:
        yield Change(
            f"Sessions of the role {role.name} may last {present.max_session_seconds} seconds.",
            lambda: iam.put_max_session(*where, role.max_session_seconds),
        )
    if tags and present.tags.get(DEPARTMENT) != role.department:
        yield Change(f"The role {role.name} has no right department.", lambda: iam.tag_role(*where, tags))
    yield from _policy_changes(ctx, role)


def _policy_changes(ctx: Context, role: RoleSetting) -> Iterator[Change]:
    where = ctx.clients, ctx.account_id, role.name
    wanted, present = {_arn(ctx, policy) for policy in role.policies}, iam.attached_policies(*where)
    for policy in sorted(present - wanted):
        yield Change(
            f"The role {role.name} has the policy {policy} besides.",
            lambda policy=policy: iam.detach_role_policy(*where, policy),  # type: ignore[misc]
        )
    for policy in sorted(wanted - present):
        yield Change(
            f"The role {role.name} lacks the policy {policy}.",
            lambda policy=policy: iam.attach_role_policy(*where, policy),  # type: ignore[misc]
        )


def _arn(ctx: Context, arn: str) -> str:
    return arn.replace("{account_id}", ctx.account_id)


def _trust(ctx: Context) -> dict[str, Any]:
    """One statement for each action: a condition on a key that one action lacks would refuse the whole call."""
    federation = ctx.parameters
    provider = iam.saml_provider_arn(ctx.account_id, federation.provider, ctx.clients.partition)
    conditions: list[tuple[str, dict[str, dict[str, Any]]]] = [
        ("sts:AssumeRoleWithSAML", {"StringEquals": {"SAML:aud": federation.audiences}})
    ]
    if federation.session_tag:
        tag = f"aws:RequestTag/{federation.session_tag}"
        conditions.append(("sts:TagSession", {"StringLike": {tag: "*"}}))
    if federation.source_identity:
        conditions.append(("sts:SetSourceIdentity", {"StringLike": {"sts:SourceIdentity": federation.source_identity}}))
    statements = [
        {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": action, "Condition": condition}
        for action, condition in conditions
    ]
    return {"Version": "2012-10-17", "Statement": statements}
