"""Gather the account's security findings with Security Hub: by itself, or as a member of the administrator's.

Source: Security Hub user guide, "Managing accounts with AWS Organizations": the delegated administrator adds an
account by CreateMembers, which switches Security Hub on in it; nothing is accepted by the member.
Proved against moto.
"""

from django.utils.translation import gettext_noop as _

from vending.aws import securityhub
from vending.engine.context import Context
from vending.steps.regional_service import ON, MemberParameters, MemberService


class SecurityHub(MemberService):
    name = "security_hub"
    title = _("Gather findings with Security Hub")

    class Parameters(MemberParameters):
        default_standards: bool = True
        """Whether AWS's default standards come with it, where the account is by itself."""

    def state(self, ctx: Context, region: str) -> str:
        administrator = ctx.parameters.administrator
        if not administrator:
            return ON if securityhub.enabled(ctx.clients, ctx.account_id, region) else "off"
        status = securityhub.member_status(ctx.clients, administrator, region, ctx.account_id)
        return ON if status.lower() == "enabled" else status or "no member"

    def switch_on(self, ctx: Context, region: str, state: str) -> str:
        administrator = ctx.parameters.administrator
        if not administrator:
            standards = ctx.parameters.default_standards
            securityhub.enable(ctx.clients, ctx.account_id, region, default_standards=standards)
            return f"Switched Security Hub on in {region}."
        email = ctx.account.email if ctx.account else ""
        securityhub.create_member(ctx.clients, administrator, region, ctx.account_id, email)
        return f"Made the account a member of {administrator} in {region}."
