"""Keeps the demo's processes running, and stops them in order."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.demo.child import Child
from sandbox.demo.world import Broken, World

STOP_ORDER = ("jira", "web", "worker", "aws", "identity")  # nothing new comes in, what runs may end, then the rest
LONGEST_PAUSE = 30.0
QUIET_TIME = 60.0  # a child that ran this long has recovered


@dataclass
class Death:
    """A child that ended by itself."""

    child: Child
    pause: float

    @property
    def sentence(self) -> str:
        return f"{self.child.name} ended with code {self.child.code}; starting it again in {self.pause:.0f} s."


class Supervisor:
    """Use as a context: whatever was started is stopped at the end, whatever happened."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.stopping = threading.Event()
        self._due: dict[str, float] = {}
        self._deaths: dict[str, int] = {}

    def __enter__(self) -> "Supervisor":
        return self

    def __exit__(self, *problem: object) -> None:
        self.stop()

    def start(self, *names: str) -> None:
        for name in names:
            self.world.children[name].start()

    def wait_for(self, name: str, seconds: float) -> None:
        """Until the child answers. Raises Broken when it dies or does not answer in time."""
        child = self.world.children[name]
        limit = time.monotonic() + seconds
        while not self.world.answers(name):
            for each in self.world.children.values():
                if each.dead:
                    raise Broken(f"{each.name} ended with code {each.code} while starting.", each.log)
            if time.monotonic() > limit:
                raise Broken(f"{name} did not answer within {seconds:.0f} s.", child.log)
            self.pause(0.1)

    def pause(self, seconds: float = 0) -> None:
        """Wait a little. Raises KeyboardInterrupt when everything is to stop."""
        if self.stopping.wait(seconds):
            raise KeyboardInterrupt

    def watch(self, tell: Callable[[Death], None]) -> None:
        """Until told to stop: start again what died, later each time."""
        while not self.stopping.wait(0.5):
            for name, child in self.world.children.items():
                self._look_after(name, child, tell)

    def _look_after(self, name: str, child: Child, tell: Callable[[Death], None]) -> None:
        now = time.monotonic()
        if name in self._due:
            if now >= self._due[name]:
                del self._due[name]
                child.start()
        elif child.dead:
            child.stop()  # what is left of its session
            if now - child.started > QUIET_TIME:
                self._deaths[name] = 0
            self._deaths[name] = self._deaths.get(name, 0) + 1
            pause = min(2.0 ** (self._deaths[name] - 1), LONGEST_PAUSE)
            self._due[name] = now + pause
            tell(Death(child, pause))

    def stop(self) -> None:
        self.stopping.set()
        for name in STOP_ORDER:
            self.world.children[name].stop()
