"""Faults on order: a status, a lost request, a lost answer or a delay for the next matching calls."""

import socket
import threading
import time
from dataclasses import asdict, dataclass
from typing import Any

from flask import Response, jsonify, request

KINDS = ("status", "drop_request", "drop_answer", "delay")


@dataclass
class Fault:
    kind: str
    method: str = ""  # any
    path_contains: str = ""  # any
    status: int = 500
    number: int = 0  # 0: none in the answer, as when the server itself is broken
    message: str = "Sandbox fault"
    times: int = 1
    seconds: float = 1.0

    def matches(self) -> bool:
        fits = self.method.upper() in ("", request.method) and self.path_contains in request.path
        return fits and self.times > 0


class Faults:
    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def order(self, **given: Any) -> Fault:
        """Arm a fault. Raises ValueError for an unknown kind, TypeError for an unknown setting."""
        fault = Fault(**given)
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

    def before(self) -> Response | None:
        """Answer instead of the call, or remember to lose its answer."""
        with self._lock:
            fault = next((each for each in self._faults if each.matches()), None)
            if fault:
                fault.times -= 1
        if not fault:
            return None
        if fault.kind == "status":
            return refusal(fault.status, fault.message, fault.number)
        if fault.kind == "delay":
            time.sleep(fault.seconds)
        elif fault.kind == "drop_request":
            _hang_up()
            return Response(status=500)
        else:
            request.environ["sandbox.drop_answer"] = True
        return None

    def after(self, answer: Response) -> Response:
        """The work is done, and nobody hears of it."""
        if request.environ.get("sandbox.drop_answer"):
            _hang_up()
        return answer


def refusal(status: int, message: str, number: int = 0) -> Response:
    """The server's error body."""
    exceptions = [{"number": number, "message": message}] if number else []
    answer = jsonify(responseStatus={"message": message}, errorString=message, exceptions=exceptions)
    answer.status_code = status
    return answer


def _hang_up() -> None:
    """Close the connection so that the client sees it break without an answer."""
    connection = request.environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
