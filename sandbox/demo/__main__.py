"""python -m sandbox.demo: everything at once, until Ctrl-C. With --once it plays the story and ends."""

import argparse
import os
import shutil
import signal
import sys
from pathlib import Path

from sandbox.demo.database import Database
from sandbox.demo.home import Home, Taken
from sandbox.demo.screen import Screen
from sandbox.demo.supervisor import Supervisor
from sandbox.demo.world import ROOT, Broken, World

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    options = _options()
    screen = Screen()
    folder = options.data / "once" if options.once else options.data
    try:
        with Home(folder) as home:
            if options.once:
                _wipe(home)
            return run(home, options, screen)
    except Taken:
        screen.say(" A demo is running in this folder already. Stop it with Ctrl-C, or give another --data.")
        return 1
    except Broken as problem:
        screen.broken(problem)
        return 1
    except KeyboardInterrupt:
        screen.say(" Stopped before it was ready.")
        return 130


def run(home: Home, options: argparse.Namespace, screen: Screen) -> int:
    scale = options.time_scale or (0.02 if options.once else 0.05)
    database = Database(home.folder / "postgres")
    try:
        with screen.step("PostgreSQL"):
            database.start()
        with Supervisor(World(home, scale, database.address)) as supervisor:
            return live(supervisor, options, screen)
    finally:
        database.stop()


def live(supervisor: Supervisor, options: argparse.Namespace, screen: Screen) -> int:
    for number in ENDINGS:
        signal.signal(number, lambda *_: supervisor.stopping.set())
    start(supervisor, screen)
    if options.once:
        from sandbox.demo.story import play

        return play(supervisor, screen)
    screen.ready(supervisor.world.home)
    supervisor.watch(screen.died)
    screen.say("\n Stopping …")
    return 0


def start(supervisor: Supervisor, screen: Screen) -> None:
    """Bring everything up. Raises Broken with the reason when something does not come up."""
    world = supervisor.world
    supervisor.start("aws", "jira", "identity")
    with screen.step("Tables and static files"):
        world.prepare()
    supervisor.start("web", "worker")
    with screen.step("People and field mapping"):
        world.seed()
    with screen.step("Sandbox AWS, Jira and identity system"):
        supervisor.wait_for("aws", 60)
        supervisor.wait_for("jira", 30)
        supervisor.wait_for("identity", 30)
    with screen.step("Web server and worker"):
        supervisor.wait_for("web", 90)


def _wipe(home: Home) -> None:
    """The story begins with nothing, and never touches the data of `make demo`."""
    leftover = Database(home.folder / "postgres")
    if (leftover.folder / "postmaster.pid").exists():
        leftover.start()
        leftover.stop()
    for path in home.folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name not in ("demo.json", "demo.lock"):
            path.unlink()
    home.logs.mkdir()
    home.kept.seeded = False


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="play the story, check it, end")
    parser.add_argument("--data", type=Path, default=ROOT / ".data", help="folder that keeps everything")
    parser.add_argument(
        "--time-scale", type=float, default=float(os.environ.get("DEMO_TIME_SCALE") or 0) or None,
        help="real seconds for an AWS second (0.05; with --once 0.02)",
    )  # fmt: skip
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
