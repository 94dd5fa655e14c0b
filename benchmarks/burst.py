"""Bursts: many approved requests at once, against the bound; and the same the old way."""

from collections import Counter
from dataclasses import dataclass

from benchmarks import bound
from benchmarks.processes import cpu_seconds
from benchmarks.report import Report, Row
from benchmarks.world import World

FORMULA = (
    "bound = max over accounts in approval order (creation in one of 5 slots, no gap, + lag until its services",
    "answer) + one stack-set operation of 60 s; creation times and lags are those the sandbox drew in this run.",
    "greedy = a portal that needs no time but has no foresight: a wave starts whenever somebody waits.",
)


@dataclass(frozen=True)
class Burst:
    """What one burst took, in AWS seconds where not said otherwise."""

    size: int
    took: float
    drawn: list[bound.Drawn]
    limits: bound.Limits
    calls: dict[str, int]
    throttled: int
    cpu: dict[str, float]
    real: float


def run(world: World, size: int, scale: float, seed: int, *, one_by_one: bool = False) -> Burst:
    """A burst against fresh processes; `one_by_one` approves the next when the one before is ready."""
    from benchmarks import requests

    with world.part() as part:
        aws = part.start_aws(scale, seed)
        worker = part.start_worker()
        wanted = requests.received(size)
        before = Counter(part.state()["calls"]["byOperation"])
        used = {"worker": -cpu_seconds(worker.process.pid), "sandbox": -cpu_seconds(aws.process.pid)}
        real = 0.0
        for number, batch in enumerate([[each] for each in wanted] if one_by_one else [wanted], 1):
            began = requests.approve(batch)
            ended = requests.last_ready(number if one_by_one else size, 60 + 400 * scale * size)
            real += (ended - began).total_seconds()
        used["worker"] += cpu_seconds(worker.process.pid)
        used["sandbox"] += cpu_seconds(aws.process.pid)
        state = part.state()
        calls = dict(Counter(state["calls"]["byOperation"]) - before)
    limits = bound.Limits(state["settings"]["creations_in_flight"], state["settings"]["stack_instance"])
    drawn = bound.drawn_by(state)
    return Burst(size, real / scale, drawn, limits, calls, sum(state["throttled"].values()), used, real)


def report(report: Report, bursts: list[Burst], scale: float) -> None:
    rows = []
    for each in bursts:
        least, greedy = bound.lower_bound(each.drawn, each.limits), bound.greedy(each.drawn, each.limits)
        goal = "≤ 1.10" if each.size != 10 else ""
        name = f"{each.size} at once"
        took, ratio = f"{each.took:.0f} s", f"{each.took / least:.2f}"
        rows.append(Row(f"{name}, to the last READY", took, f"{least:.0f} s", ratio, goal))
        rows.append(Row("    beside greedy", "", f"{greedy:.0f} s", f"{each.took / greedy:.2f}"))
        busy = sum(each.cpu.values())
        rows.append(Row(
            "    processor per account: worker + sandbox",
            f"{each.cpu['worker'] / each.size:.2f} + {each.cpu['sandbox'] / each.size:.2f} s",
            f"{each.real:.0f} s real", f"{busy / each.real:.1f} CPUs",
        ))  # fmt: skip
    report.add(
        f"1. Burst (AWS seconds; one lasts {scale} s here, so our own time weighs {1 / scale:.0f} times as much)",
        rows, *FORMULA,
    )  # fmt: skip


def report_old_way(report: Report, run: Burst, bursts: list[Burst]) -> None:
    least = bound.one_after_the_other(run.drawn, run.limits)
    took, ratio = f"{run.took:.0f} s", f"{run.took / least:.2f}"
    rows = [Row(f"{run.size} one after the other, run", took, f"{least:.0f} s", ratio)]
    for each in bursts:
        computed = bound.one_after_the_other(each.drawn, each.limits)
        rows.append(Row(
            f"{each.size} one after the other, computed", f"{computed:.0f} s", f"{each.took:.0f} s at once",
            f"{computed / each.took:.1f} x",
        ))  # fmt: skip
    report.add(
        "2. The old way: one account at a time, one stack-set operation each", rows,
        "Run: this portal, the next approved when the one before is ready. Computed: the sum of creation, lag and",
        "operation of each account of the burst above, with no time lost, which flatters the old way.",
    )  # fmt: skip


def report_calls(report: Report, bursts: list[Burst], most: int = 14) -> None:
    total: Counter[str] = Counter()
    for each in bursts:
        total.update(each.calls)
    rows = [
        Row("all calls", *_per_account(bursts, lambda each: sum(each.calls.values()))),
        Row("refused for the rate, per account", *_per_account(bursts, lambda each: each.throttled)),
    ]
    rows += [
        Row(f"    {name}", *_per_account(bursts, lambda each, name=name: each.calls.get(name, 0)))
        for name, _ in total.most_common(most)
    ]
    sizes = ", ".join(str(each.size) for each in bursts)
    report.add(f"3. AWS calls for each account, in bursts of {sizes}", rows)


def _per_account(bursts: list[Burst], count: object) -> tuple[str, ...]:
    return (" / ".join(f"{count(each) / each.size:.1f}" for each in bursts),)  # type: ignore[operator]
