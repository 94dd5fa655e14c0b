"""Worker processes of the tests: what is left of them, and whether they work."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from taskqueue.models import Heartbeat

Start = Callable[..., subprocess.Popen[bytes]]


def group(leader: int) -> list[int]:
    """Every living process of the group."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == leader and fields[0] != "Z":
            found.append(int(entry.name))
    return found


def all_gone(leader: int) -> bool:
    """A killed process may need a moment to disappear."""
    for _ in range(50):
        if not group(leader):
            return True
        time.sleep(0.1)
    return False


def beats_until(deadline: float = 40) -> bool:
    limit = time.monotonic() + deadline
    while time.monotonic() < limit:
        if Heartbeat.objects.exists():
            return True
        time.sleep(0.2)
    return False
