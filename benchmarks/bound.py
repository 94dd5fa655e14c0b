"""What AWS's own limits force, computed from what this sandbox drew: no portal can be faster than that.

Accounts are taken in the order of their approval, with no time lost between them:

    made[i]    = when one of the five creation slots falls free, plus creation i's own duration
    ready[i]   = made[i] + how long AWS let account i refuse its services
    bound      = max(ready) + one stack-set operation            (the last account travels at once)

`bound` supposes somebody who knew when the last account would come and kept the stack set free for it.
`greedy` has neither such foresight nor any time of its own: its waves start whenever somebody waits.
"""

import random
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Drawn:
    """What the sandbox drew for one account, in AWS seconds."""

    creation: float
    lag: float


@dataclass(frozen=True)
class Limits:
    slots: int
    operation: float


def lower_bound(drawn: list[Drawn], limits: Limits) -> float:
    return max(_ready(drawn, limits)) + limits.operation


def greedy(drawn: list[Drawn], limits: Limits) -> float:
    """The makespan of a portal that needs no time, but does not know what comes."""
    free_at = 0.0
    waiting = sorted(_ready(drawn, limits))
    while waiting:
        start = max(free_at, waiting[0])
        waiting = [ready for ready in waiting if ready > start]
        free_at = start + limits.operation
    return free_at


def one_after_the_other(drawn: list[Drawn], limits: Limits) -> float:
    """The old way without any time lost: each account to its end, with an operation of its own."""
    return sum(each.creation + each.lag + limits.operation for each in drawn)


def _ready(drawn: list[Drawn], limits: Limits) -> list[float]:
    slots = [0.0] * limits.slots
    ready = []
    for each in drawn:
        slot = slots.index(min(slots))
        slots[slot] += each.creation
        ready.append(slots[slot] + each.lag)
    return ready


def drawn_by(state: dict[str, Any]) -> list[Drawn]:
    """The durations the sandbox drew, in the order of the creations.

    Its generator is seeded and gives one duration when a creation begins and one lag when it ends: drawing
    again in that order gives the same. Raises ValueError if what is drawn here is not what happened there.
    """
    settings, scale = state["settings"], state["timeScale"]
    generator = random.Random(settings["random_seed"])
    creations = [_Creation(each, scale) for each in state["creations"]]
    mean = (settings["creation_median"] - settings["creation_least"]) / 0.6931
    events = [(each.began, 0, each) for each in creations]
    events += [(each.ended, 1, each) for each in creations if not each.seeded]
    for _, kind, creation in sorted(events, key=lambda event: event[:2]):
        if kind == 0:
            slow = settings["creation_least"] + generator.expovariate(1 / mean)
            creation.duration = min(slow, settings["creation_most"])
        else:
            creation.lag = generator.uniform(0.3, 1.0) * settings["unreliable"]
    ours = [each for each in creations if not each.seeded]
    for each in ours:
        if abs(each.duration - each.seen) > 0.5 + 0.02 / scale:
            raise ValueError(f"Drew {each.duration:.1f} s for a creation that took {each.seen:.1f} s.")
    return [Drawn(each.duration, each.lag) for each in ours]


class _Creation:
    def __init__(self, told: dict[str, Any], scale: float) -> None:
        self.began = datetime.fromisoformat(told["RequestedTimestamp"]).timestamp()
        self.ended = datetime.fromisoformat(told["CompletedTimestamp"]).timestamp()
        self.seen = (self.ended - self.began) / scale
        self.seeded = self.seen < 1  # the accounts that are there from the start were made in no time
        self.duration = self.lag = 0.0
