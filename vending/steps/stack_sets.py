"""Deploy stack sets into the account: the company's default ones, and those ordered on the ticket."""

from django.conf import settings

from vending.aws import cloudformation, ssm
from vending.aws.errors import Fault, Kind, instance_failure
from vending.choices import PlaceStatus
from vending.engine import waves
from vending.engine.context import Context
from vending.engine.step import Done, Parameters, Seen, Step, Wait
from vending.steps.organizational_unit import OrganizationalUnit
from vending.steps.stack_set_role import StackSetRole

SAFETY_NET = 120.0


class StackSets(Step):
    """What both kinds share; a subclass says which names."""

    needs = (OrganizationalUnit, StackSetRole)

    class Parameters(Parameters):
        regions: list[str] = []
        """Regions to deploy to; none: the portal's own (AWS_REGION)."""

    def names(self, ctx: Context) -> tuple[str, ...]:
        raise NotImplementedError

    def look(self, ctx: Context) -> Seen:
        names = self.names(ctx)
        if not names:
            return Seen(True, "No stack set is to be deployed.")
        missing = [name for name in names if not self._current(ctx, name)]
        if missing:
            return Seen(False, "Not deployed yet: " + ", ".join(missing) + ".")
        return Seen(True, "Deployed: " + ", ".join(names) + ".")

    def act(self, ctx: Context) -> Done | Wait:
        waiting = [name for name in self.names(ctx) if not self._current(ctx, name)]
        for name in waiting:
            self._queue_up(ctx, name)
        return Wait(SAFETY_NET, "Waiting for the wave of " + ", ".join(waiting) + ".", woken=True)

    def _queue_up(self, ctx: Context, name: str) -> None:
        place = waves.queue_up(
            step_run=ctx.own_row, stack_set=name, account_id=ctx.account_id, regions=self._regions(ctx)
        )
        if place.status != PlaceStatus.FAILED:
            return
        fault = instance_failure(place.reason, young_account=True)
        if fault.permanent:
            raise Fault(Kind.PERMANENT, fault.code, f"The stack set {name} could not be deployed. {fault.sentence}",
                        detail=place.reason)  # fmt: skip
        waves.queue_up(
            step_run=ctx.own_row, stack_set=name, account_id=ctx.account_id, regions=self._regions(ctx), again=True
        )

    def _regions(self, ctx: Context) -> list[str]:
        return list(ctx.parameters.regions) or [settings.AWS_REGION]

    def _current(self, ctx: Context, name: str) -> bool:
        found = cloudformation.instances_of_account(ctx.clients, name, ctx.account_id)
        return set(self._regions(ctx)) <= {instance.region for instance in found if instance.current}


class DefaultStackSets(StackSets):
    name = "default_stack_sets"
    title = "Deploy the default stack sets"

    def names(self, ctx: Context) -> tuple[str, ...]:
        return tuple(ssm.default_stack_sets(ctx.clients))


class OptionalStackSets(StackSets):
    name = "optional_stack_sets"
    title = "Deploy the ordered stack sets"

    def names(self, ctx: Context) -> tuple[str, ...]:
        return tuple(ctx.wanted.optional_stack_sets)
