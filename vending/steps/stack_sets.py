"""Deploy stack sets into the account: the company's default ones, and those ordered on the ticket."""

from django.conf import settings
from django.utils.translation import gettext_noop as _

from vending.aws import cloudformation, ssm
from vending.aws.errors import Fault, Kind, instance_failure
from vending.choices import PlaceStatus, WaveAction
from vending.engine import waves
from vending.engine.context import Context
from vending.engine.step import Done, Seen, Step, StepParameters, Wait
from vending.models import StackSetPlace
from vending.steps.organizational_unit import OrganizationalUnit
from vending.steps.stack_set_role import StackSetRole

SAFETY_NET = 120.0


class StackSets(Step):
    """What both kinds share; a subclass says which names."""

    needs = (OrganizationalUnit, StackSetRole)

    class Parameters(StepParameters):
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
            self._travel(ctx, name)
        return Wait(SAFETY_NET, "Waiting for the wave of " + ", ".join(waiting) + ".", woken=True)

    def _travel(self, ctx: Context, name: str) -> None:
        """Queue up for the stack set's next wave; one that failed is told, or travels again if that can help."""
        place = self._queue_up(ctx, name)
        if place.status != PlaceStatus.FAILED:
            return
        if place.wave is not None and place.wave.result == waves.REFUSED:
            raise Fault(Kind.PERMANENT, waves.REFUSED, f"The stack set {name} could not be deployed. {place.reason}")
        fault = instance_failure(place.reason, young_account=True)
        if fault.permanent:
            sentence = f"The stack set {name} could not be deployed. {fault.sentence}"
            raise Fault(Kind.PERMANENT, fault.code, sentence, detail=place.reason)
        self._queue_up(ctx, name, again=True)

    def _queue_up(self, ctx: Context, name: str, *, again: bool = False) -> StackSetPlace:
        regions = self._regions(ctx)
        there = {instance.region for instance in self._instances(ctx, name)}
        return waves.queue_up(
            step_run=ctx.own_row,
            stack_set=name,
            account_id=ctx.account_id,
            regions=regions,
            action=WaveAction.UPDATE if there.issuperset(regions) else WaveAction.CREATE,
            again=again,
        )

    def _regions(self, ctx: Context) -> list[str]:
        return list(ctx.parameters.regions) or [settings.AWS_REGION]

    def _instances(self, ctx: Context, name: str) -> list[cloudformation.Instance]:
        return cloudformation.instances_of_account(ctx.clients, name, ctx.account_id)

    def _current(self, ctx: Context, name: str) -> bool:
        current = {instance.region for instance in self._instances(ctx, name) if instance.current}
        return current.issuperset(self._regions(ctx))


class DefaultStackSets(StackSets):
    name = "default_stack_sets"
    title = _("Deploy the default stack sets")

    def names(self, ctx: Context) -> tuple[str, ...]:
        return tuple(ssm.default_stack_sets(ctx.clients))


class OptionalStackSets(StackSets):
    name = "optional_stack_sets"
    title = _("Deploy the ordered stack sets")
    reads = ("optional_stack_sets",)

    def names(self, ctx: Context) -> tuple[str, ...]:
        return tuple(ctx.wanted.optional_stack_sets)
