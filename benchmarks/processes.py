"""What the processes of a part used: processor time and memory, read from /proc (Linux)."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def group(leader: int) -> list[int]:
    """The processes of a session or process group, and all their descendants."""
    parents = {pid: _stat(pid) for pid in _all()}
    found = {leader}
    while more := {pid for pid, stat in parents.items() if stat and int(stat[1]) in found} - found:
        found |= more
    return sorted(found)


def cpu_seconds(leader: int) -> float:
    """User and system time of a process tree, with that of children that have ended."""
    total = 0
    for pid in group(leader):
        if stat := _stat(pid):
            own, ended = stat[11:13], stat[13:15]
            total += sum(map(int, own)) + sum(map(int, ended))
    return total / TICKS


def memory_mb(leader: int) -> tuple[float, float]:
    """(resident memory of the largest process, proportional share of all of them) in MB."""
    largest, shares = 0.0, 0.0
    for pid in group(leader):
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        sizes = {name: int(value) for name, value in (line.split()[:2] for line in lines[1:] if "kB" in line)}
        largest = max(largest, sizes.get("Rss:", 0) / 1024)
        shares += sizes.get("Pss:", 0) / 1024
    return largest, shares


def _all() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name: state, parent, … (proc(5)); empty if it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
