"""python -m sandbox: the sandbox AWS and the sandbox Jira together, for a portal that runs elsewhere."""

import argparse
import signal
import threading
from pathlib import Path

from sandbox.aws.server import SandboxAws
from sandbox.jira.people import BOT, TOKEN
from sandbox.jira.server import SandboxJira


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--state", type=Path, help="folder that survives restarts; without it all is lost")
    parser.add_argument("--jira-port", type=int, default=8001, help="0 takes a free one (default 8001)")
    parser.add_argument("--aws-port", type=int, default=8002, help="0 takes a free one (default 8002)")
    parser.add_argument("--portal-url", default="http://127.0.0.1:8000", help="where webhooks go")
    parser.add_argument("--webhook-key", default="sandbox-webhook-key-for-trying-out")
    parser.add_argument("--webhook-secret", default="sandbox-webhook-secret-for-trying-out")
    parser.add_argument("--time-scale", type=float, default=0.05, help="real seconds for an AWS second")
    options = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    aws = SandboxAws(options.time_scale, rates=True, state=_below(options.state, "aws"), port=options.aws_port)
    with aws:
        jira = SandboxJira(
            options.portal_url, options.webhook_key, options.webhook_secret,
            state=_below(options.state, "jira"), port=options.jira_port, aws_url=aws.url,
        )  # fmt: skip
        with jira:
            print(SETTINGS.format(aws=aws.url, jira=jira.url, bot=BOT.email, token=TOKEN, given=options))
            print(f"READY {aws.url} {jira.url}", flush=True)
            stop.wait()


def _below(folder: Path | None, name: str) -> Path | None:
    return folder / name if folder else None


SETTINGS = """Sandbox AWS   {aws}/sandbox/
Sandbox Jira  {jira}/

A portal finds them with these settings:
  AWS_ENDPOINT_URL={aws} AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing
  JIRA_BASE_URL={jira} JIRA_USER={bot} JIRA_API_TOKEN={token}
  JIRA_WEBHOOK_API_KEY={given.webhook_key} JIRA_WEBHOOK_SECRET={given.webhook_secret}
  TIME_SCALE={given.time_scale}
"""


if __name__ == "__main__":
    main()
