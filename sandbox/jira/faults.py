"""Faults on order: a status, a lost request, a lost answer or a delay for the next matching REST calls."""

import socket
import threading
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from flask import Response, jsonify, request

KINDS = ("status", "drop_request", "drop_answer", "delay")


@dataclass
class Fault:
    kind: str
    method: str = ""  # any
    path_contains: str = ""  # any
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1
    seconds: float = 1.0
    body: Any = None

    def matches(self, method: str, path: str) -> bool:
        return self.times > 0 and self.method.upper() in ("", method) and self.path_contains in path


class Faults:
    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def order(self, data: dict[str, Any]) -> Fault:
        """Arm a fault. Raises ValueError for an unknown kind, TypeError for an unknown setting."""
        fault = Fault(**data)
        if fault.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def listed(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._faults if fault.times > 0]

    def take(self) -> Fault | None:
        """The fault for the current request, counted down."""
        with self._lock:
            for fault in self._faults:
                if fault.matches(request.method, request.path):
                    fault.times -= 1
                    return fault
        return None

    def before(self) -> Response | None:
        """Flask hook before a REST call: answer instead of it, or remember to lose its answer."""
        fault = self.take()
        if not fault:
            return None
        if fault.kind == "delay":
            time.sleep(fault.seconds)
        elif fault.kind == "drop_request":
            hang_up()
            return Response(status=500)
        elif fault.kind == "drop_answer":
            request.environ["sandbox.drop_answer"] = True
        else:
            fallback = {"errorMessages": [f"Sandbox fault: {fault.status}"], "errors": {}}
            answer = jsonify(fallback if fault.body is None else fault.body)
            answer.status_code = fault.status
            answer.headers.update(fault.headers)
            return answer
        return None

    def after(self, answer: Response) -> Response:
        """Flask hook after a REST call: the work is done, and nobody hears of it."""
        if request.environ.get("sandbox.drop_answer"):
            hang_up()
        return answer


def hang_up() -> None:
    """Close the connection so that the client sees it break without an answer."""
    connection = request.environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
