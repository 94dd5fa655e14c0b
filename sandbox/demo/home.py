"""Where a demo keeps its things: data, logs, secrets and ports."""

import fcntl
import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Self

PREFERRED = {"portal": 8000, "jira": 8001, "aws": 8002, "identity": 8003}


def _password() -> str:
    """Twelve letters and digits in groups, for people to type; none that look alike."""
    letters = "abcdefghijkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(3))


@dataclass
class Kept:
    """What demo.json remembers between two starts."""

    password: str = field(default_factory=_password)
    webhook_key: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    webhook_secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    ports: dict[str, int] = field(default_factory=lambda: dict(PREFERRED))
    seeded: bool = False


class Taken(Exception):
    """Another demo runs in this folder."""


class Home:
    """The folder of one demo. Entering it takes the lock; only one demo lives in a folder at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.logs = self.folder / "log"
        self.file = self.folder / "demo.json"
        self._lock: IO[str] | None = None
        self.kept = Kept()

    def __enter__(self) -> Self:
        self.logs.mkdir(parents=True, exist_ok=True)
        self._lock = (self.folder / "demo.lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise Taken(str(self.folder)) from None
        for log in self.logs.glob("*.log"):
            log.unlink()
        if self.file.exists():
            self.kept = Kept(**json.loads(self.file.read_text()))
        self.kept.ports = free_ports({**PREFERRED, **self.kept.ports})
        self.keep()
        return self

    def __exit__(self, *problem: object) -> None:
        if self._lock:
            self._lock.close()

    def keep(self) -> None:
        """Write demo.json, readable by its owner only."""
        descriptor = os.open(self.file, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(asdict(self.kept), file, indent=2)

    def secret_key(self) -> str:
        """The portal's SECRET_KEY, in the file that manage.py reads when it is called by hand."""
        file = self.folder / "secret-key"
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(secrets.token_urlsafe(48))
        return file.read_text().strip()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.kept.ports[name]}"


def free_ports(wanted: dict[str, int]) -> dict[str, int]:
    """The wanted ports where they are free, others where not."""
    held: list[socket.socket] = []
    found: dict[str, int] = {}
    try:
        for name, port in wanted.items():
            held.append(_bind(port) or _bind(0) or _refuse())
            found[name] = held[-1].getsockname()[1]
    finally:
        for each in held:
            each.close()
    return found


def _bind(port: int) -> socket.socket | None:
    probe = socket.socket()
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(("127.0.0.1", port))
        probe.listen(1)
    except OSError:
        probe.close()
        return None
    return probe


def _refuse() -> socket.socket:
    raise OSError("No free port was found on 127.0.0.1.")
