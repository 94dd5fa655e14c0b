"""Everything one sandbox holds, and how it behaves."""

import threading
from dataclasses import dataclass, field

from sandbox.identity import seed
from sandbox.identity.faults import Faults
from sandbox.identity.sessions import Sessions
from sandbox.identity.store import Store


@dataclass(frozen=True)
class Call:
    method: str
    path: str  # without the server's base path
    status: int

    @property
    def changes(self) -> bool:
        """Whether it is a call that changes entities or assignments."""
        return self.method in ("POST", "PUT", "DELETE") and self.path.startswith(("/api/entity", "/api/assignments"))


@dataclass
class World:
    store: Store
    base: str = "/AppServer"
    url: str = ""  # with the base path
    lag: int = 0
    """Looks at an assignment until the DBQueue has computed it. Looks and not seconds: tests stay repeatable."""
    absolute_uris: bool = False
    """As old versions answer: whole addresses instead of paths."""
    bare_lists: bool = False
    """Leave the values out of look-ups."""
    sessions: Sessions = field(default_factory=Sessions)
    faults: Faults = field(default_factory=Faults)
    calls: list[Call] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        if self.store.is_empty:
            seed.plant(self.store)

    def note(self, call: Call) -> None:
        with self.lock:
            self.calls.append(call)
            del self.calls[:-5000]

    @property
    def changes(self) -> list[str]:
        """The calls that changed something, as "POST /api/entity/AERole"."""
        with self.lock:
            return [f"{call.method} {call.path}" for call in self.calls if call.changes and call.status < 300]

    def reset(self) -> None:
        """The first day again."""
        self.store.clear()
        seed.plant(self.store)
        self.sessions.expire()
        self.faults.clear()
        self.lag, self.absolute_uris, self.bare_lists = 0, False, False
        with self.lock:
            self.calls.clear()
