"""Watch the account with GuardDuty: by its own detector, or as a member of the delegated administrator's.

Source: GuardDuty user guide, "Managing accounts with AWS Organizations": the administrator adds an account by
CreateMembers, which switches GuardDuty on in it; nothing is accepted by the member.
Proved against moto (detectors) and the sandbox's imitation of members.
"""

from django.utils.translation import gettext_noop as _

from vending.aws import guardduty
from vending.aws.errors import Fault, Kind
from vending.engine.context import Context
from vending.steps.regional_service import ON, STARTING, MemberService

PAUSED = "paused"


class GuardDuty(MemberService):
    name = "guardduty"
    title = _("Watch the account with GuardDuty")

    def state(self, ctx: Context, region: str) -> str:
        if ctx.parameters.administrator:
            return self._membership(ctx, region)
        detector = guardduty.detector(ctx.clients, ctx.account_id, region)
        if detector is None:
            return "off"
        return ON if guardduty.detector_enabled(ctx.clients, ctx.account_id, region, detector) else PAUSED

    def switch_on(self, ctx: Context, region: str, state: str) -> str:
        administrator = ctx.parameters.administrator
        if administrator:
            return self._add(ctx, administrator, region, state)
        if state == PAUSED:
            detector = guardduty.detector(ctx.clients, ctx.account_id, region) or ""
            guardduty.enable_detector(ctx.clients, ctx.account_id, region, detector)
            return f"Switched the detector in {region} on again."
        guardduty.create_detector(ctx.clients, ctx.account_id, region)
        return f"Created a detector in {region}."

    def _membership(self, ctx: Context, region: str) -> str:
        """Statuses: GuardDuty API reference, Member.relationshipStatus."""
        where = (ctx.clients, ctx.parameters.administrator, region)
        status = guardduty.member_status(*where, self._detector(ctx, region), ctx.account_id)
        known = {"enabled": ON, "disabled": PAUSED, "emailverificationinprogress": STARTING}
        return known.get(status.lower(), status or "no member")

    def _add(self, ctx: Context, administrator: str, region: str, state: str) -> str:
        where = (ctx.clients, administrator, region, self._detector(ctx, region))
        if state == PAUSED:
            guardduty.start_monitoring(*where, ctx.account_id)
            return f"{administrator} watches the account in {region} again."
        guardduty.create_member(*where, ctx.account_id, ctx.account.email if ctx.account else "")
        return f"Made the account a member of {administrator} in {region}."

    def _detector(self, ctx: Context, region: str) -> str:
        administrator = ctx.parameters.administrator
        detector = guardduty.detector(ctx.clients, administrator, region)
        if detector is None:
            raise Fault(
                Kind.PERMANENT,
                "NoDetector",
                f"The administrator account {administrator} has no GuardDuty detector in {region}. Enable GuardDuty "
                "there, or take the region out of the baseline, then retry.",
            )
        return detector
