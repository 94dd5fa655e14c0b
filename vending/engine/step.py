"""What a step is: a small stateless class for one desired state of one account."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from vending.engine.context import Context


@dataclass(frozen=True)
class Seen:
    """What a look found: whether the world is as desired, and the evidence in one sentence."""

    ok: bool
    evidence: str
    todo: tuple[str, ...] = ()
    """What is to be changed, one for each act; the engine then looks again after the last instead of after each."""


@dataclass(frozen=True)
class Done:
    """The act made its one change; the engine looks again."""

    did: str


@dataclass(frozen=True)
class Wait:
    """Come back later instead of sleeping.

    `seconds` are AWS seconds (the clock scales them). With `woken`, somebody else will wake the step
    earlier and the seconds are only the safety net.
    """

    seconds: float
    why: str
    woken: bool = False


@dataclass(frozen=True)
class Gate:
    """An AWS limit shared by all runs: at most `capacity` steps hold a slot at once."""

    name: str
    title: str
    setting: str

    @property
    def capacity(self) -> int:
        from django.conf import settings

        return int(getattr(settings, self.setting))


class StepParameters(BaseModel):
    """Base of each step's parameters, as a baseline may set them. Unknown names are refused.

    The docstring under a parameter is shown to people beside its field.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Step:
    """One desired state of one account.

    `look` reads the world only. `act` makes at most one mutating call and must be safe to repeat; it never
    sleeps. Errors go up as they come: the engine classifies them. The same class serves vending (look, act,
    look again), compliance (look) and repair (act where look says no).
    """

    name: ClassVar[str]
    title: ClassVar[str]
    needs: ClassVar[tuple["type[Step]", ...]] = ()
    last: ClassVar[bool] = False
    """Needs every step of the plan that is not last itself: it happens only when all the rest is done."""
    reads: ClassVar[tuple[str, ...]] = ()
    """Fields of the request by which it works on an account that exists: when one is changed, the step looks again."""
    only_with: ClassVar[tuple[str, ...]] = ()
    """Names of steps without which this one makes no sense; a baseline that says otherwise is refused."""
    without_it: ClassVar[str] = ""
    """What would happen without them, in one sentence."""
    gate: ClassVar[Gate | None] = None
    patience: ClassVar[timedelta] = timedelta(hours=2)
    attempts: ClassVar[int] = 8

    Parameters: ClassVar[type[StepParameters]] = StepParameters

    def look(self, ctx: "Context") -> Seen:
        raise NotImplementedError

    def act(self, ctx: "Context") -> Done | Wait:
        raise NotImplementedError
