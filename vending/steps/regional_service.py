"""What a security service of AWS wants of an account: to be on in every region, by itself or for a delegated
administrator of the organization."""

from vending.engine.context import Context
from vending.engine.step import Done, Seen, Step, Wait
from vending.steps.account_ready import AccountReady
from vending.steps.regions import Regions, WorkRegions, in_each, regions_of

ON = "on"
STARTING = "starting"
AGAIN = 10.0


class RegionalService(Step):
    """Subclasses say how it is in one region (on, starting, or other words), and how it is switched on there."""

    needs = (AccountReady, Regions)

    class Parameters(WorkRegions):
        """The regions."""

    def state(self, ctx: Context, region: str) -> str:
        raise NotImplementedError

    def switch_on(self, ctx: Context, region: str, state: str) -> str:
        """Make the next change in this region; what was done."""
        raise NotImplementedError

    def whose(self, ctx: Context) -> str:
        return "In the account"

    def look(self, ctx: Context) -> Seen:
        states = self._states(ctx)
        evidence = ", ".join(f"{region} {state}" for region, state in states.items())
        todo = tuple(region for region, state in states.items() if state not in (ON, STARTING))
        return Seen(all(state == ON for state in states.values()), f"{self.whose(ctx)}: {evidence}.", todo=todo)

    def act(self, ctx: Context) -> Done | Wait:
        if not ctx.todo:
            return Wait(AGAIN, "AWS is switching it on.")
        region = ctx.todo.pop(0)
        state = self.state(ctx, region)
        return Done(f"{region} is {state}." if state in (ON, STARTING) else self.switch_on(ctx, region, state))

    def _states(self, ctx: Context) -> dict[str, str]:
        return in_each(regions_of(ctx), lambda region: self.state(ctx, region))


class MemberParameters(WorkRegions):
    """Where the service works, and for whom."""

    administrator: str = ""
    """Id of the delegated administrator that the account becomes a member of; none: the account by itself."""


class MemberService(RegionalService):
    """A service that a delegated administrator may run for the account."""

    class Parameters(MemberParameters):
        """The regions and the administrator."""

    def whose(self, ctx: Context) -> str:
        administrator = ctx.parameters.administrator
        return f"As a member of {administrator}" if administrator else "In the account"
