"""Serving the sandbox AWS: in a thread for tests, or as a process (python -m sandbox.aws)."""

import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"  # moto reads it on import; a thousand images nobody asks for

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import make_server

from sandbox.aws.control import Control
from sandbox.aws.journal import Entry, Journal
from sandbox.aws.limits import LimitsLayer
from sandbox.aws.seed import seed_organization
from sandbox.aws.settings import Settings
from sandbox.aws.world import World

_recorded_seed: list[Entry] = []


class QuietHandler(MotoRequestHandler):
    """Keeps connections alive, answers without Nagle's 40 ms, logs nothing."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return


class SandboxAws:
    """The sandbox AWS. One at a time in a process: moto's state belongs to the process.

    `time_scale` is real seconds for an AWS second (0: nothing waits). `rates` turns the token buckets on.
    `state` is the folder that survives restarts. `port` 0 takes a free one.
    """

    def __init__(
        self,
        time_scale: float = 0.0,
        seed: bool = True,
        *,
        rates: bool = False,
        state: Path | None = None,
        port: int = 0,
        settings: Settings | None = None,
    ) -> None:
        self.settings = settings or Settings(rates=rates)
        self.seeded = seed
        self.world = World(time_scale, self.settings)
        self.journal = Journal(state)
        self.control = Control(self.world, self.reset)
        self.layer = LimitsLayer(self.world, self.journal, self.control)
        self.server = make_server("127.0.0.1", port, self.layer, threaded=True, request_handler=QuietHandler)
        self.thread = threading.Thread(target=self.server.serve_forever, name="sandbox-aws", daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def start(self) -> None:
        """Serve, with what the state folder holds, else with the seed."""
        self.thread.start()
        if self.journal.entries:
            self.layer.replay(self.journal.entries)
        else:
            self._seed()

    def reset(self) -> None:
        """Empty everything (faults and settings' effects too) and seed anew: the same ids every time."""
        with self.world.lock:
            self.world.forget()
            self.journal.clear()
            self._seed()

    def _seed(self) -> None:
        """The first time by calls to ourselves; from then on by replaying what those calls changed."""
        if not self.seeded:
            return
        if not _recorded_seed:
            _recorded_seed.extend(self._record_seed())
        for entry in _recorded_seed:
            self.journal.append(entry)
        self.layer.replay(_recorded_seed)

    def _record_seed(self) -> list[Entry]:
        """Play the seed into an instant, unlimited copy of the layer, wipe it and return its journal."""
        recorder = LimitsLayer(World(0, Settings(rates=False)), Journal(None), self.control)
        seed_organization(recorder)
        self.world.forget()
        return recorder.journal.entries

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.journal.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
