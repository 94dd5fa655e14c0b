import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from taskqueue.host import Host
from taskqueue.pulse import Pulse


class Command(BaseCommand):
    help = "Work off the queue until a stop signal. Ends with 1 when it must be started anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--drain", type=float, default=60, help="seconds that tasks get to end (60)")
        parser.add_argument("--beat-every", type=float, default=15, help="seconds between heartbeats (15)")
        parser.add_argument(
            "--stalled-after",
            type=float,
            default=120,
            help="seconds without a heartbeat before it ends (120)",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        pulse = Pulse(every=options["beat_every"], stalled_after=options["stalled_after"])
        code = Host(pulse=pulse, drain=options["drain"]).run()
        sys.stdout.flush()
        sys.stderr.flush()
        # Not sys.exit: multiprocessing would wait for children that may never end.
        os._exit(code)
