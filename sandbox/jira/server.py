"""The sandbox Jira on a free loopback port, in a thread: `with SandboxJira(...) as jira: jira.url`."""

import threading
from pathlib import Path
from typing import Any, Self

from werkzeug.serving import WSGIRequestHandler, make_server

from sandbox.jira.app import create_app
from sandbox.jira.automation import Automation
from sandbox.jira.desk import Desk
from sandbox.jira.faults import Faults
from sandbox.jira.mailbox import Poller
from sandbox.jira.store import Doc, Store

HOST = "127.0.0.1"


class QuietHandler(WSGIRequestHandler):
    """Serves without a line per request; errors are still logged."""

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        pass


class SandboxJira:
    """A running sandbox Jira.

    `automation` is "background" (as in life), "sync" (sent before the call that caused it returns) or "off".
    Without `state` everything is in memory. With `aws_url` mail sent there through SES is read,
    all of it or only what goes to the address `mailbox`.
    """

    def __init__(
        self,
        portal_url: str = "",
        webhook_key: str = "",
        webhook_secret: str = "",
        *,
        flavour: str = "cloud",
        automation: str = "background",
        state: Path | None = None,
        port: int = 0,
        aws_url: str = "",
        mailbox: str = "",
    ) -> None:
        self.store = Store(state)
        self.automation = Automation(self.store, portal_url.rstrip("/"), webhook_key, webhook_secret, automation)
        self._server = make_server(HOST, port, lambda environ, start: self.app(environ, start), threaded=True,
                                   request_handler=QuietHandler)  # fmt: skip
        self.url = f"http://{HOST}:{self._server.server_port}"
        self.app = create_app(self.store, self.automation, self.url, flavour)
        self.desk: Desk = self.app.extensions["desk"]
        self.faults: Faults = self.app.extensions["faults"]
        self._poller = Poller(self.desk, aws_url, mailbox) if aws_url else None
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="jira", daemon=True)

    def start(self) -> Self:
        self._thread.start()
        if self._poller:
            self._poller.start()
        return self

    def stop(self) -> None:
        if self._poller:
            self._poller.stop()
        self._server.shutdown()
        self._server.server_close()
        self.automation.close()
        self.store.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *problem: object) -> None:
        self.stop()

    def reset(self) -> None:
        """An empty Jira again: no tickets, mails, deliveries, settings or faults."""
        self.store.clear()
        self.faults.clear()

    @property
    def deliveries(self) -> list[Doc]:
        """Sent, oldest first: event, issue, shape, body, status, duration_ms, answer, error, attempts."""
        return self.store.all("delivery")
