"""`python -m sandbox.identity`: serve until SIGTERM or Ctrl-C."""

import argparse
import logging
import signal
import threading
from pathlib import Path

from sandbox.identity.server import SandboxIdentity


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox.identity", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--state", type=Path, help="folder of the sqlite file; without it the state is in memory")
    parser.add_argument("--base", default="/AppServer", help="the path chosen at the server's installation")
    parser.add_argument("--lag", type=int, default=0, help="looks until a new approver is in effect")
    given = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="sandbox-identity %(levelname)s %(message)s")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with SandboxIdentity(state=given.state, port=given.port, base=given.base) as identity:
        identity.world.lag = given.lag
        print(f"READY {identity.url}", flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
