"""Offer the account's roles in the identity-management system, so that people can order access there.

Who approves the orders are the approvers of the ticket, or else its owner: exactly they, since a role that somebody
else has joined is theirs to give away too.
"""

from datetime import timedelta
from typing import Annotated

from django.utils.translation import gettext_noop as _
from pydantic import Field

from taskqueue import clock
from vending.aws.errors import Fault, Kind
from vending.engine.context import Context
from vending.engine.step import Done, Seen, Step, StepParameters, Wait
from vending.identity.configured import identity_portal
from vending.identity.oneim import GroupTable, Shop
from vending.identity.portal import IdentityPortal, Product
from vending.identity.publication import Change, make, next_change
from vending.steps.account_ready import AccountReady

SETTLE = 5.0
GROUP_APPEARS = 60.0
ENOUGH_LEASE = timedelta(seconds=20)
"""A change and its looks take a dozen calls or two: with less time left, the next attempt goes on."""

RoleName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,46}$")]
"""With AWS-<account>- before it, it fits into the 64 characters of an article code."""


class PublishRoles(Step):
    name = "identity_portal"
    title = _("Offer the roles for order")
    needs = (AccountReady,)
    reads = ("approvers", "owner")

    class Parameters(StepParameters):
        roles: Annotated[list[RoleName], Field(min_length=1)] = ["Admin", "ReadOnly"]
        category: str = ""
        """UID_AccProductGroup of the service category."""
        approval_policy: str = ""
        """UID_PWODecisionMethod of a policy with an owners' step (OA); its CountApprover says how many must agree."""
        shelf: str = ""
        """UID_ITShopOrg of the shelf."""
        group_table: GroupTable = "ADSGroup"
        group_parent: str = ""
        """Where new groups belong: UID_ADSContainer, UID_UNSRootB or UID_QERResourceType. Empty: another system makes
        them, and the step waits until they appear."""

    def look(self, ctx: Context) -> Seen:
        portal = self._portal(ctx)
        products = self._products(ctx, portal)
        for product in products:
            change = next_change(product, portal.find(product))
            if change:
                return Seen(False, f"{product.code} cannot be ordered yet: {change.value}.")
        codes = ", ".join(product.code for product in products)
        approvers = ", ".join(person.handle for person in products[0].approvers)
        return Seen(True, f"Can be ordered: {codes}. Orders are approved by {approvers}.")

    def act(self, ctx: Context) -> Done | Wait:
        lease_until = ctx.own_row.lease_until
        if lease_until is not None and lease_until - clock.now() < ENOUGH_LEASE:
            return Wait(0, "The identity-management system is slow; the next attempt goes on from here.")
        portal = self._portal(ctx)
        for product in self._products(ctx, portal):
            found = portal.find(product)
            change = next_change(product, found)
            if change is Change.GROUP and not portal.creates_groups():
                return Wait(GROUP_APPEARS, f"Waiting for the group {product.code}, which another system makes.")
            if change:
                did = make(portal, product, found, change)
                if next_change(product, portal.find(product)) is change:
                    return Wait(SETTLE, f"{did} The identity-management system does not show it yet.")
                return Done(did)
        return Done("Nothing was left to publish.")

    def _products(self, ctx: Context, portal: IdentityPortal) -> list[Product]:
        """Raises Fault with everybody who is not there: one correction is enough then."""
        handles = dict.fromkeys(ctx.wanted.approvers or [ctx.wanted.owner])
        people = {handle: portal.person(handle) for handle in handles}
        approvers = tuple(person for person in people.values() if person)
        if len(approvers) < len(people):
            missing = ", ".join(f"“{handle}”" for handle, person in people.items() if not person)
            raise Fault(Kind.PERMANENT, "NoSuchApprover", "No active person in the identity-management system has the "
                        f"account name or e-mail address {missing}. Add or reactivate them there, then retry; or have "
                        "the ticket name other approvers.")  # fmt: skip
        return [Product(ctx.account_id, role, ctx.wanted.account_name, approvers) for role in ctx.parameters.roles]

    def _portal(self, ctx: Context) -> IdentityPortal:
        given = ctx.parameters
        missing = [name for name in ("category", "approval_policy", "shelf") if not getattr(given, name)]
        if missing:
            raise Fault(Kind.PERMANENT, "IncompleteBaseline", f"The baseline does not say {', '.join(missing)} of the "
                        "step identity_portal. Add it to the baseline; runs under way keep theirs: skip the step, or "
                        "cancel and approve anew.")  # fmt: skip
        return identity_portal(
            Shop(
                category=given.category,
                approval_policy=given.approval_policy,
                shelf=given.shelf,
                group_table=given.group_table,
                group_parent=given.group_parent,
            )
        )
