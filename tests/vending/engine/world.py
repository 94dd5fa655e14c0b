"""A world for the engine alone: steps whose looks and acts a test writes down."""

from collections.abc import Callable
from typing import Any, ClassVar

from audit.services import Actor
from taskqueue import clock
from vending.choices import RequestStatus
from vending.engine.step import Done, Gate, Seen, Step, Wait
from vending.models import AccountRequest, Baseline, BaselineActivation, BaselineStep, Run
from vending.services import start_run

GAS = Actor.person("gus")


class Made(Step):
    """A step of a desired state that is a name in `world`; acting adds it."""

    world: ClassVar[set[str]] = set()
    acts: ClassVar[list[str]] = []

    def look(self, ctx: Any) -> Seen:
        there = self._thing(ctx) in self.world
        return Seen(there, "It is there." if there else "It is not there.")

    def act(self, ctx: Any) -> Done | Wait:
        self.acts.append(self._thing(ctx))
        self.world.add(self._thing(ctx))
        return Done("Made it.")

    def _thing(self, ctx: Any) -> str:
        return f"{self.name} of {ctx.wanted.ticket}"


def step(name: str, *needs: type[Step], act: Callable[..., Any] | None = None, gate: Gate | None = None,
         **attributes: Any) -> type[Made]:  # fmt: skip
    """A step class of that name; `act` replaces what it does."""
    members: dict[str, Any] = {
        "name": name,
        "title": name.capitalize(),
        "needs": needs,
        "gate": gate,
        **attributes,
    }
    if act is not None:
        members["act"] = act
    return type(name, (Made,), members)


def install(monkeypatch: Any, *steps: type[Step]) -> None:
    """Make these the registry's only steps, and an empty world."""
    from vending.steps import registry

    monkeypatch.setattr(registry, "STEPS", steps)
    monkeypatch.setattr(registry, "BY_NAME", {each.name: each for each in steps})
    Made.world.clear()
    Made.acts.clear()


def approved_request(ticket: str = "AVM-1", **fields: Any) -> AccountRequest:
    now = clock.now()
    values = {
        "account_name": f"Account of {ticket}", "email": f"{ticket.lower()}@example.com",
        "organizational_unit": "Production", "environment": "production", "cost_center": "4711",
        "owner": "otto@example.com", **fields,
    }  # fmt: skip
    return AccountRequest.objects.create(
        ticket=ticket, status=RequestStatus.APPROVED, content_hash="0" * 64, received_at=now, changed_at=now,
        approved_at=now, **values,
    )  # fmt: skip


def run_of(*steps: type[Step], ticket: str = "AVM-1") -> Run:
    """A started run with these steps."""
    version = Baseline.objects.count() + 100
    baseline = Baseline.objects.create(version=version, created_at=clock.now(), created_by="test")
    for each in steps:
        BaselineStep.objects.create(baseline=baseline, step=each.name)
    BaselineActivation.objects.create(baseline=baseline, activated_at=clock.now(), activated_by="test")
    return start_run(request=approved_request(ticket), actor=GAS)
