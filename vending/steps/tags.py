"""Tag the account, so that cost and ownership can be told without this portal."""

from django.utils.translation import gettext_noop as _

from vending.aws import organizations
from vending.engine.context import Context
from vending.engine.step import Done, Seen, Step, StepParameters
from vending.steps.account_ready import AccountReady
from vending.tagging import tags_for


class Tags(Step):
    name = "tags"
    title = _("Tag the account")
    needs = (AccountReady,)
    reads = ("organizational_unit", "cost_center", "owner", "purpose")

    class Parameters(StepParameters):
        tags: dict[str, str] = {
            "Ticket": "{ticket}",
            "Environment": "{environment}",
            "CostCenter": "{cost_center}",
            "Owner": "{owner}",
        }

    def look(self, ctx: Context) -> Seen:
        missing = self._missing(ctx)
        if not missing:
            return Seen(True, f"All {len(ctx.parameters.tags)} tags are as wanted.")
        return Seen(False, "Missing or different: " + ", ".join(sorted(missing)) + ".")

    def act(self, ctx: Context) -> Done:
        missing = self._missing(ctx)
        organizations.tag(ctx.clients, ctx.account_id, missing)
        return Done("Set " + ", ".join(f"{key}={value}" for key, value in sorted(missing.items())) + ".")

    def _missing(self, ctx: Context) -> dict[str, str]:
        present = organizations.tags(ctx.clients, ctx.account_id)
        wanted = tags_for(ctx.wanted, ctx.parameters.tags)
        return {key: value for key, value in wanted.items() if present.get(key) != value}
