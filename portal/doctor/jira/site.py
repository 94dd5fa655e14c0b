"""The Jira that is asked: one client for all checks, and what several of them need, asked once."""

import threading
from collections.abc import Callable
from typing import Any

from jira_bridge.jira.administration import administration
from jira_bridge.setup import place
from jira_bridge.setup.place import Place
from portal.doctor.jira.known import Known

Json = dict[str, Any]


class Site:
    """Safe for threads; the first who asks waits for Jira, the others for them."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.client = administration(hurried=True)
        self._lock = threading.Lock()
        self._kept: dict[str, Any] = {}

    def place(self) -> Place | None:
        """The service project of the accepted request types. Raises JiraError."""
        return self._once("place", lambda: place.find(self.client, self.known.types))

    def form(self) -> list[Json]:
        """The fields of the request type's form; empty without a request type. Raises JiraError."""
        found = self.place()
        if found is None or found.request_type is None:
            return []
        kind = str(found.request_type["id"])
        return self._once("form", lambda: self.client.request_type_fields(found.desk_id, kind))

    def _once(self, name: str, ask: Callable[[], Any]) -> Any:
        with self._lock:
            if name not in self._kept:
                self._kept[name] = ask()
            return self._kept[name]
