"""One process of the demo: in a session of its own, its words in a log file."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def _end_with_parent() -> None:
    """Linux tells the child when its supervisor was killed, so that nothing is left behind."""
    if _libc:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """A command that shall run. `patience` is how long it may take to stop, in seconds."""

    def __init__(self, name: str, command: list[str], env: Mapping[str, str], log: Path, patience: float = 6.0) -> None:
        self.name, self.command, self.env, self.log, self.patience = name, command, env, log, patience
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        self.started = time.monotonic()

    @property
    def dead(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    @property
    def code(self) -> int | None:
        return self.process.returncode if self.process else None

    def ask_to_stop(self) -> None:
        """TERM to the leader, which ends its own children."""
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def stop(self) -> None:
        """TERM, some patience, then KILL for all that is left of its session."""
        if not self.process:
            return
        self.ask_to_stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(self.patience)
        self._kill_session()
        self.process.wait()

    def _kill_session(self) -> None:
        assert self.process
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    def last_lines(self, count: int = 12) -> str:
        return last_lines(self.log, count)


def last_lines(log: Path, count: int = 12) -> str:
    """The end of a log file."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
