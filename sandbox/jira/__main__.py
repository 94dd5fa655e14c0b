"""`python -m sandbox.jira`: serve until SIGTERM or Ctrl-C."""

import argparse
import logging
import signal
import threading
from pathlib import Path

from sandbox.jira.server import SandboxJira


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox.jira", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--state", type=Path, help="folder of the sqlite file; without it the state is in memory")
    parser.add_argument("--portal-url", default="", help="the portal; webhooks go to its /jira/webhook")
    parser.add_argument("--webhook-key", default="", help="sent as X-API-Key by Automation")
    parser.add_argument("--webhook-secret", default="", help="signs native webhooks")
    parser.add_argument("--flavour", choices=("cloud", "datacenter"), default="cloud")
    parser.add_argument("--aws-url", default="", help="sandbox AWS whose sent mail this Jira reads")
    parser.add_argument("--mailbox", default="", help="read only mail to this address")
    given = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="sandbox-jira %(levelname)s %(message)s")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with SandboxJira(
        given.portal_url,
        given.webhook_key,
        given.webhook_secret,
        flavour=given.flavour,
        state=given.state,
        port=given.port,
        aws_url=given.aws_url,
        mailbox=given.mailbox,
    ) as jira:
        print(f"READY {jira.url}", flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
