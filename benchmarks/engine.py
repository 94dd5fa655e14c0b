"""The engine's own time: steps that find at once what they want, beside a plain loop without any engine."""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction

from benchmarks import latency
from benchmarks.processes import cpu_seconds, memory_mb
from benchmarks.report import Report, Row, percentile
from benchmarks.world import World

STEPS = 12


@dataclass(frozen=True)
class Figures:
    """Steps a second, processor seconds of the worker host for a step, memory in MB."""

    rate: float
    cpu: float
    largest: float
    shares: float


def run(world: World, report: Report, runs: int) -> None:
    print("the engine …", file=sys.stderr, flush=True)
    with world.part(BENCH_EMPTY_STEPS=str(STEPS)) as part:
        worker = part.start_worker()
        use_empty_baseline()
        latency.prepare()
        idle = latency.idle(100)
        before = _floor(world, runs * STEPS // 2)
        figures = _burst(runs, worker.process.pid)
        after = _floor(world, runs * STEPS // 2)
        loaded = latency.loaded(figures.rate / 2 / STEPS, seconds=8)
    raw, orm = ((one + other) / 2 for one, other in zip(before, after, strict=True))
    report.add(
        f"5. The engine alone: {runs} runs of {STEPS} empty steps, one worker host of {world.workers} processes",
        [
            Row("steps a second, beside one Django INSERT a step", f"{figures.rate:.0f}", f"{orm:.0f}",
                f"{figures.rate / orm:.2f}"),
            Row("steps a second, beside one bare INSERT a step", f"{figures.rate:.0f}", f"{raw:.0f}",
                f"{figures.rate / raw:.3f}"),
            Row("processor for a step, the whole worker host", f"{figures.cpu * 1000:.1f} ms"),
            Row("memory: largest process; all, shared pages once",
                f"{figures.largest:.0f}; {figures.shares:.0f} MB"),
            Row("enqueue to start, idle, p50 and p99", _two(idle)),
            Row("enqueue to start, at half the rate above, p50 and p99", _two(loaded)),
        ],
        "Beside nothing but the writing of one row, which no step of any account is: the part above has real steps.",
        "The plain loop is one process that commits one row a step; it survives nothing and takes no turns.",
        "It ran before and after the engine, so that both met the same neighbours.",
    )  # fmt: skip


def _floor(world: World, steps: int) -> tuple[float, float]:
    from benchmarks import plain_loop

    return plain_loop.raw(world.url("bench_part"), steps), plain_loop.django(steps)


def _burst(runs: int, worker: int) -> Figures:
    used = -cpu_seconds(worker)
    seconds = empty_runs(runs)
    used += cpu_seconds(worker)
    return Figures(runs * STEPS / seconds, used / (runs * STEPS), *memory_mb(worker))


def start(count: int, prefix: str) -> datetime:
    """Start so many runs of the empty steps in one transaction; returns when it was committed."""
    from audit.services import Actor
    from taskqueue import clock
    from vending.choices import RequestStatus
    from vending.models import AccountRequest
    from vending.services import start_run

    now = clock.now()
    with transaction.atomic():
        for number in range(count):
            request = AccountRequest.objects.create(
                ticket=f"{prefix}-{number + 1}", status=RequestStatus.APPROVED, content_hash="0" * 64, received_at=now,
                changed_at=now, approved_at=now, account_name="Empty", email=f"{prefix}-{number}@example.com",
                organizational_unit="Production", environment="production", cost_center="1", owner="o@example.com",
            )  # fmt: skip
            start_run(request=request, actor=Actor.system("benchmark"))
    return datetime.now(UTC)


def empty_runs(count: int) -> float:
    """The seconds from the commit of so many runs to the end of the last."""
    from benchmarks.requests import last_ready

    began = start(count, "ENG")
    return (last_ready(count, 600) - began).total_seconds()


def use_empty_baseline() -> None:
    """A newest baseline of the empty steps alone; this process knows them from here on."""
    from benchmarks import empty_steps

    empty_steps.install(STEPS)
    use_baseline([f"empty_{number + 1}" for number in range(STEPS)])


def use_baseline(steps: list[str]) -> None:
    """Make a baseline of these steps the active one, past the checks that keep a company from such a one."""
    from taskqueue import clock
    from vending.models import Baseline, BaselineActivation, BaselineStep

    baseline = Baseline.objects.create(version=1000, created_at=clock.now(), created_by="benchmark")
    BaselineStep.objects.bulk_create(BaselineStep(baseline=baseline, step=step) for step in steps)
    BaselineActivation.objects.create(baseline=baseline, activated_at=clock.now(), activated_by="benchmark")


def _two(seconds: list[float]) -> str:
    return f"{percentile(seconds, 0.5) * 1000:.0f}, {percentile(seconds, 0.99) * 1000:.0f} ms"
