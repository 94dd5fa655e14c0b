"""Encrypt new volumes without anybody asking: EBS encryption by default, region by region.

Source: Amazon EBS, "Encryption by default" (a setting of each region). Proved against moto.
"""

from django.utils.translation import gettext_noop as _

from vending.aws import ec2
from vending.engine.context import Context
from vending.engine.step import Done, Seen, Step
from vending.steps.account_ready import AccountReady
from vending.steps.regions import Regions, WorkRegions, in_each, regions_of


class EbsEncryption(Step):
    name = "ebs_encryption"
    title = _("Encrypt volumes by default")
    needs = (AccountReady, Regions)

    class Parameters(WorkRegions):
        """The regions."""

    def look(self, ctx: Context) -> Seen:
        found = in_each(regions_of(ctx), lambda region: ec2.ebs_encryption(ctx.clients, ctx.account_id, region))
        missing = [region for region, encrypted in found.items() if not encrypted]
        if missing:
            return Seen(False, "New volumes are not encrypted in " + ", ".join(missing) + ".", todo=tuple(missing))
        return Seen(True, "New volumes are encrypted in " + ", ".join(found) + ".")

    def act(self, ctx: Context) -> Done:
        region = ctx.todo.pop(0)
        ec2.enable_ebs_encryption(ctx.clients, ctx.account_id, region)
        return Done(f"Switched encryption on in {region}.")
