"""Processes of the demo: started again when they die, all gone at the end."""

import os
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.demo.child import Child
from sandbox.demo.supervisor import Death, Supervisor
from sandbox.demo.world import Broken

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("here", flush=True)
time.sleep(60)
"""
PARENT = """
import subprocess, time
print(subprocess.Popen(["sleep", "60"]).pid, flush=True)
time.sleep(60)
"""


def child(tmp_path: Path, name: str, code: str, patience: float = 0.3) -> Child:
    return Child(name, [sys.executable, "-c", code], dict(os.environ), tmp_path / f"{name}.log", patience)


def supervisor(tmp_path: Path, **codes: str) -> Supervisor:
    children = {name: child(tmp_path, name, "pass") for name in ("jira", "web", "worker", "aws", "identity")}
    children |= {name: child(tmp_path, name, code) for name, code in codes.items()}
    world: Any = SimpleNamespace(children=children, answers=lambda name: False)
    return Supervisor(world)


def until(condition: Any, seconds: float = 10) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "It did not happen in time."
        time.sleep(0.02)


def running(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_child_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    stubborn = child(tmp_path, "stubborn", STUBBORN)
    stubborn.start()
    until(lambda: "here" in stubborn.last_lines())
    stubborn.stop()
    assert stubborn.code == -9


def test_grandchildren_go_with_their_parent(tmp_path: Path) -> None:
    parent = child(tmp_path, "parent", PARENT)
    parent.start()
    until(lambda: parent.last_lines().strip())
    grandchild = int(parent.last_lines())
    assert running(grandchild)
    parent.stop()
    until(lambda: not running(grandchild))


def test_a_child_that_dies_is_started_again_later_each_time(tmp_path: Path) -> None:
    deaths: list[Death] = []
    house = supervisor(tmp_path, worker="print('I give up'); raise SystemExit(3)")
    house.start("worker")

    def tell(death: Death) -> None:
        deaths.append(death)
        if len(deaths) == 2:
            house.stopping.set()

    watching = threading.Thread(target=house.watch, args=(tell,))
    watching.start()
    watching.join(20)
    house.stop()
    assert [death.pause for death in deaths] == [1, 2]
    assert "code 3" in deaths[0].sentence
    assert deaths[0].child.last_lines().count("I give up") == 2


def test_a_child_that_dies_while_starting_is_named_with_its_log(tmp_path: Path) -> None:
    house = supervisor(tmp_path, web="raise SystemExit(4)")
    house.start("web")
    with pytest.raises(Broken, match="web ended with code 4") as problem:
        house.wait_for("web", 10)
    assert problem.value.log == tmp_path / "web.log"
    house.stop()
