from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from granian.constants import Interfaces
from granian.server import Server


class Command(BaseCommand):
    help = "Serve the portal (granian). Slow clients keep no thread: bodies are read before Django is called."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=1, help="processes (1)")
        parser.add_argument("--threads", type=int, default=8, help="requests at once per process (8)")

    def handle(self, *_args: Any, **options: Any) -> None:
        Server(
            "portal.wsgi:application",
            address=options["host"],
            port=options["port"],
            interface=Interfaces.WSGI,
            workers=options["workers"],
            blocking_threads=options["threads"],
            # a thread keeps its connection to the database: it must not end after half an idle minute
            blocking_threads_idle_timeout=settings.DATABASES["default"]["CONN_MAX_AGE"],
            websockets=False,
            respawn_failed_workers=True,
            log_access=False,
        ).serve()
