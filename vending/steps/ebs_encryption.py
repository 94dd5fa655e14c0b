"""Encrypt new volumes without anybody asking: EBS encryption by default, region by region.

Source: Amazon EBS, "Encryption by default" (a setting of each region). Proved against moto.
"""

from vending.aws import ec2
from vending.engine.context import Context
from vending.engine.step import Done, Seen, Step
from vending.steps.account_ready import AccountReady
from vending.steps.regions import Regions, WorkRegions, in_each, regions_of


class EbsEncryption(Step):
    name = "ebs_encryption"
    title = "Encrypt volumes by default"
    needs = (AccountReady, Regions)

    class Parameters(WorkRegions):
        """The regions."""

    def look(self, ctx: Context) -> Seen:
        regions, missing = self._regions(ctx)
        if missing:
            return Seen(False, "New volumes are not encrypted in " + ", ".join(missing) + ".")
        return Seen(True, "New volumes are encrypted in " + ", ".join(regions) + ".")

    def act(self, ctx: Context) -> Done:
        _, missing = self._regions(ctx)
        if not missing:
            return Done("Nothing was left to switch on.")
        ec2.enable_ebs_encryption(ctx.clients, ctx.account_id, missing[0])
        return Done(f"Switched encryption on in {missing[0]}.")

    def _regions(self, ctx: Context) -> tuple[list[str], list[str]]:
        """The regions to work in, and those of them without encryption."""
        found = in_each(regions_of(ctx), lambda region: ec2.ebs_encryption(ctx.clients, ctx.account_id, region))
        return list(found), [region for region, encrypted in found.items() if not encrypted]
