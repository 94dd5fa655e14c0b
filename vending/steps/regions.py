"""Enable the opt-in regions the company uses, and tell the other steps which regions an account has.

Source: AWS Account Management, "Enable or disable AWS Regions": enabling takes minutes, sometimes hours, and
about six changes run at once in an account. Proved against the sandbox's imitation of the Account API.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta
from typing import TypeVar

from django.utils.translation import gettext_noop as _

from vending.aws import account, ec2
from vending.aws.errors import Fault, Kind
from vending.engine.context import Context
from vending.engine.step import Done, Seen, Step, StepParameters, Wait
from vending.steps.account_ready import AccountReady

AT_ONCE = 6
AGAIN = 30.0
READERS = 8
ON, CHANGING = ("ENABLED", "ENABLED_BY_DEFAULT"), ("ENABLING", "DISABLING")
Found = TypeVar("Found")


class OptInRegions(StepParameters):
    """Regions to be enabled; those that AWS enables by itself may be named too."""

    regions: list[str] = []


class WorkRegions(StepParameters):
    """Where a regional step works; empty means in every region the account can use."""

    regions: list[str] = []


class Regions(Step):
    name = "regions"
    title = _("Enable the regions")
    needs = (AccountReady,)
    patience = timedelta(hours=6)

    class Parameters(OptInRegions):
        """The opt-in regions."""

    def look(self, ctx: Context) -> Seen:
        if not ctx.parameters.regions:
            return Seen(True, "The baseline asks for no region beyond those that AWS enables by itself.")
        coming, missing = self._open(ctx)
        if not coming and not missing:
            return Seen(True, "Enabled: " + ", ".join(ctx.parameters.regions) + ".")
        being, to_be = ", ".join(coming) or "none", ", ".join(missing) or "none"
        return Seen(False, f"Being changed: {being}. To be enabled: {to_be}.")

    def act(self, ctx: Context) -> Done | Wait:
        coming, missing = self._open(ctx)
        if not missing or len(coming) >= AT_ONCE:
            return Wait(AGAIN, f"AWS is changing {', '.join(coming)}, which takes minutes.")
        account.enable_region(ctx.clients, ctx.account_id, missing[0])
        return Done(f"Began to enable {missing[0]}.")

    def _open(self, ctx: Context) -> tuple[list[str], list[str]]:
        """The wanted regions that AWS is changing now, and those that nobody has begun to enable."""
        known = account.regions(ctx.clients, ctx.account_id)
        unknown = [region for region in ctx.parameters.regions if region not in known]
        if unknown:
            raise Fault(
                Kind.PERMANENT,
                "UnknownRegion",
                f"AWS offers this account no region {', '.join(unknown)}. "
                "Correct the baseline's step “regions”, then start a new run.",
            )
        coming = [region for region in ctx.parameters.regions if known[region] in CHANGING]
        missing = [region for region in ctx.parameters.regions if known[region] not in (*ON, *CHANGING)]
        return coming, missing


def regions_of(ctx: Context) -> list[str]:
    """The regions a regional step works in: all the account can use, or those of them the baseline names.

    Raises Fault for a region that is named and not enabled: to leave it out would look like success.
    """
    enabled = ec2.enabled_regions(ctx.clients, ctx.account_id)
    named = ctx.parameters.regions
    missing = [region for region in named if region not in enabled]
    if missing:  # EC2 shows a region some seconds after it was enabled
        raise Fault(
            Kind.TRANSIENT,
            "RegionNotEnabled",
            f"The account cannot use {', '.join(missing)}. "
            "Name the region in the baseline's step “regions”, or take it out of this step.",
        )
    return named or enabled


def in_each(regions: list[str], read: Callable[[str], Found]) -> dict[str, Found]:
    """Read something in every region, several at once: one after the other would outlast a lease."""
    with ThreadPoolExecutor(READERS) as readers:
        # the context carries the list in which AWS calls are recorded
        answers = [readers.submit(copy_context().run, read, region) for region in regions]
        return {region: answer.result() for region, answer in zip(regions, answers, strict=True)}
