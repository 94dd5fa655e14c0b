"""The sandbox on a free loopback port, in a thread: `with SandboxIdentity() as identity: identity.url`."""

import threading
from pathlib import Path
from typing import Any, Self

from werkzeug.serving import WSGIRequestHandler, make_server

from sandbox.identity import seed
from sandbox.identity.app import create_app
from sandbox.identity.store import Store
from sandbox.identity.world import World

HOST = "127.0.0.1"


class QuietHandler(WSGIRequestHandler):
    """Serves without a line per request; errors are still logged."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        pass


class SandboxIdentity:
    """A running sandbox. Without `state` everything is in memory. `url` ends with the base path."""

    user, password = seed.USER, seed.PASSWORD

    def __init__(self, *, state: Path | None = None, port: int = 0, base: str = "/AppServer") -> None:
        self.world = World(Store(state), base)
        self._app = create_app(self.world)
        self._server = make_server(HOST, port, self._app, threaded=True, request_handler=QuietHandler)
        self.home = f"http://{HOST}:{self._server.server_port}"
        self.url = self.world.url = self.home + base
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="identity", daemon=True)

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.world.store.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *problem: object) -> None:
        self.stop()

    def reset(self) -> None:
        """The first day again: the people and an empty shop, no faults, all sessions ended."""
        self.world.reset()

    @staticmethod
    def step_parameters(group_table: str = "ADSGroup") -> dict[str, Any]:
        """What a baseline says of this sandbox's shop."""
        return {
            "category": seed.CATEGORY,
            "approval_policy": seed.POLICY_ANY,
            "shelf": seed.SHELF,
            "group_table": group_table,
            "group_parent": seed.PARENTS[group_table],
        }
