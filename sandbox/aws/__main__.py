"""python -m sandbox.aws: the sandbox AWS as a process. Prints READY and its address once it serves."""

import argparse
import signal
import threading
from pathlib import Path

from sandbox.aws.server import SandboxAws
from sandbox.aws.settings import Settings


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox.aws", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--time-scale", type=float, default=0.02, help="real seconds for one AWS second")
    parser.add_argument("--state", type=Path, help="folder that survives restarts; without it all is lost at the end")
    parser.add_argument("--no-seed", action="store_true", help="start with an empty AWS, without an organization")
    parser.add_argument("--no-rates", action="store_true", help="no throttling")
    parser.add_argument("--few-regions", action="store_true", help="three regions instead of all of AWS's")
    options = parser.parse_args()
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    with SandboxAws(
        options.time_scale,
        not options.no_seed,
        settings=Settings(rates=not options.no_rates, few_regions=options.few_regions),
        state=options.state,
        port=options.port,
    ) as aws:
        print(f"READY {aws.url}", flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
