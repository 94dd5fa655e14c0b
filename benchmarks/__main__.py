"""python -m benchmarks [burst|oldway|engine|answering|webhook|pages …] [--sizes 1,10,100] [--scale 0.5] [--all]"""

import argparse
import os
import sys
import time
from datetime import UTC, datetime

from benchmarks.report import Report
from benchmarks.world import World

PARTS = ("burst", "oldway", "engine", "answering", "webhook", "pages")


def main() -> None:
    options = _options()
    report = Report()
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} CPUs shared with everything else that runs here "
        f"(load {os.getloadavg()[0]:.1f}). One run: compare ratios, not seconds, with another.\n",
        flush=True,
    )
    began = time.monotonic()
    with World(options.workers, all_regions=options.all_regions) as world:
        if {"burst", "oldway"} & set(options.parts):
            _bursts(world, options, report)
        if "answering" in options.parts:
            from benchmarks import answering

            answering.run(world, report, options.accounts)
        if "engine" in options.parts:  # after the others: it puts its own steps into this process's registry
            from benchmarks import engine

            engine.run(world, report, options.runs)
        if "webhook" in options.parts:
            from benchmarks import webhook

            webhook.run(world, report)
        if "pages" in options.parts:
            from benchmarks import pages

            pages.run(world, report, options.filled, options.rounds)
    print(f"Load {os.getloadavg()[0]:.1f} at the end, {time.monotonic() - began:.0f} s in all.")


def _bursts(world: World, options: argparse.Namespace, report: Report) -> None:
    from benchmarks import burst

    bursts = []
    for size in options.sizes:
        print(f"burst of {size} …", file=sys.stderr, flush=True)
        bursts.append(burst.run(world, size, options.scale, options.seed))
    if "burst" in options.parts:
        burst.report(report, bursts, options.scale)
    if "oldway" in options.parts:
        print("the old way …", file=sys.stderr, flush=True)
        old_way = burst.run(world, options.old, options.scale, options.seed, one_by_one=True)
        burst.report_old_way(report, old_way, bursts)
    if "burst" in options.parts:
        burst.report_calls(report, bursts)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("parts", nargs="*", help="burst, oldway, engine, answering, webhook, pages; none: all")
    parser.add_argument("--sizes", type=lambda text: [int(each) for each in text.split(",")], default=[1, 10, 100])
    parser.add_argument("--all", action="store_true", help="a burst of 500 too")
    parser.add_argument("--all-regions", action="store_true", help="accounts with all of AWS's regions, not with three")
    parser.add_argument("--scale", type=float, default=0.5, help="real seconds for an AWS second (0.5)")
    parser.add_argument("--seed", type=int, default=1, help="what the sandbox draws (1)")
    parser.add_argument("--workers", type=int, default=8, help="worker processes (8)")
    parser.add_argument("--runs", type=int, default=100, help="runs of the engine part (100)")
    parser.add_argument("--accounts", type=int, default=40, help="accounts of the answering part (40)")
    parser.add_argument("--filled", type=float, default=1.0, help="share of the full database of the pages part (1)")
    parser.add_argument("--rounds", type=int, default=25, help="times that every page is asked for (25)")
    parser.add_argument("--old", type=int, default=3, help="accounts that are really made the old way (3)")
    options = parser.parse_args()
    options.parts = options.parts or list(PARTS)
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"There is no part {', '.join(sorted(unknown))}. Parts: {', '.join(PARTS)}.")
    if options.all:
        options.sizes.append(500)
    return options


if __name__ == "__main__":
    main()
