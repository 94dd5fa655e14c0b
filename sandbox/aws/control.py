"""The control API under /sandbox/: plain JSON, and one page for people. No authentication: loopback only."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from moto.account.models import account_backends
from moto.cloudformation.models import cloudformation_backends
from moto.ses.models import ses_backends

from sandbox.aws.accounts import Creation, creations
from sandbox.aws.credentials import MANAGEMENT
from sandbox.aws.operations import Operation
from sandbox.aws.world import World

PAGE = Path(__file__).with_name("page.html")


class Control:
    """Also usable in process: `aws.control.state()`, `aws.control.add_fault(kind="drop_answer", …)`."""

    def __init__(self, world: World, reset: Callable[[], None]) -> None:
        self.world = world
        self.reset = reset

    def health(self) -> dict[str, Any]:
        return {"ok": True, "managementAccount": MANAGEMENT, "timeScale": self.world.clock.scale}

    def state(self) -> dict[str, Any]:
        """Accounts, creations, stack-set operations and counters, as they are now."""
        with self.world.lock:
            self.world.clock.run_due()
            return {
                **self.health(),
                "accounts": self._accounts(),
                "organizationalUnits": self._units(),
                "creations": [_creation(each) for each in creations(self.world).values()],
                "stackSets": self._stack_sets(),
                "operations": self._operations(),
                "calls": {
                    "total": self.world.call_number,
                    "byOperation": dict(self.world.counts.most_common()),
                },
                "throttled": dict(self.world.throttled),
                "faults": self.world.faults.as_list(),
                "settings": self.settings(),
            }

    def calls(self, since: int = 0) -> list[dict[str, Any]]:
        """The calls after that number, oldest first; the last 5,000 are kept."""
        with self.world.lock:
            return [each for each in self.world.calls if each["number"] > since]

    def settings(self) -> dict[str, Any]:
        return {**self.world.settings.as_dict(), "time_scale": self.world.clock.scale}

    def change_settings(self, **values: Any) -> dict[str, Any]:
        """Set what settings.py names, or `time_scale`. ValueError for what does not exist."""
        with self.world.lock:
            scale = values.pop("time_scale", None)
            self.world.settings.change(values)
            if scale is not None:
                self.world.clock.scale = float(scale)
            return self.settings()

    def add_fault(self, **values: Any) -> dict[str, Any]:
        """Add a fault rule (the fields of faults.Fault) and return it with its id."""
        with self.world.lock:
            self.world.faults.add(**values)
            return self.world.faults.as_list()[-1]

    def clear_faults(self) -> None:
        with self.world.lock:
            self.world.faults.clear()

    def mail(self) -> list[dict[str, Any]]:
        """Mail sent through SES v1 or v2, newest first within a region."""
        with self.world.lock:
            sent = [
                {"account": account, "region": region, **_mail(message)}
                for account, regions in ses_backends.items()
                for region, backend in regions.items()
                for message in backend.sent_messages
            ]
        return sent[::-1]

    def _accounts(self) -> list[dict[str, Any]]:
        return [
            {
                "id": account.id,
                "name": account.name,
                "email": account.email,
                "state": account.state,
                "joinedAt": account.create_time.isoformat(),
                "parent": account.parent_id,
                "path": self._path(account.parent_id),
                "tags": account.tags,
                "contacts": len(account_backends[account.id]["aws"]._alternate_contacts),
            }
            for account in self.world.organization.accounts
        ]

    def _units(self) -> list[dict[str, Any]]:
        return [
            {"id": ou.id, "name": ou.name, "parent": ou.parent_id, "path": self._path(ou.id)}
            for ou in self.world.organization.ou
        ]

    def _path(self, unit_id: str | None) -> str:
        units = {ou.id: ou for ou in self.world.organization.ou}
        names: list[str] = []
        while unit_id and unit_id in units:
            names.insert(0, str(units[unit_id].name))
            unit_id = units[unit_id].parent_id
        return "/".join(names)

    def _stack_sets(self) -> list[dict[str, Any]]:
        return [
            {"name": each.name, "id": each.id, "region": region, "instances": len(each.stack_instances)}
            for region, backend in cloudformation_backends[MANAGEMENT].items()
            for each in backend.stacksets.values()
            if each.status != "DELETED"
        ]

    def _operations(self) -> list[dict[str, Any]]:
        kept = self.world.remember("operations").values()
        return [_operation(self.world, each) for by_id in kept for each in by_id.values()]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            status, kind, body = self._respond(environ)
        except ValueError as problem:
            status, kind, body = (
                "400 Bad Request",
                "application/json",
                json.dumps({"error": str(problem)}).encode(),
            )
        headers = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
        start_response(status, headers)
        return [body]

    def _respond(self, environ: dict[str, Any]) -> tuple[str, str, bytes]:
        sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        values = json.loads(sent) if sent else {}
        if not isinstance(values, dict):
            raise ValueError("The body must be a JSON object.")
        route = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO'].removeprefix('/sandbox').rstrip('/')}"
        if route == "GET ":
            return "200 OK", "text/html; charset=utf-8", PAGE.read_bytes()
        query = dict(part.partition("=")[::2] for part in environ.get("QUERY_STRING", "").split("&"))
        answers: dict[str, Callable[[], Any]] = {
            "GET /health": self.health,
            "GET /state": self.state,
            "GET /calls": lambda: self.calls(int(query.get("since") or 0)),
            "GET /mail": self.mail,
            "GET /faults": self.world.faults.as_list,
            "POST /faults": lambda: self.add_fault(**values),
            "DELETE /faults": self.clear_faults,
            "GET /settings": self.settings,
            "POST /settings": lambda: self.change_settings(**values),
            "POST /reset": self.reset,
        }
        if route not in answers:
            return (
                "404 Not Found",
                "application/json",
                json.dumps({"error": f"No such call: {route}"}).encode(),
            )
        answer = answers[route]()
        return "200 OK", "application/json", json.dumps({} if answer is None else answer).encode()


def _creation(creation: Creation) -> dict[str, Any]:
    told = {**creation.describe(), "Email": creation.params["Email"]}
    return {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in told.items()}


def _operation(world: World, operation: Operation) -> dict[str, Any]:
    running = operation.ended_at is None
    return {
        "id": operation.id,
        "stackSet": operation.stack_set.name,
        "action": operation.action,
        "status": operation.status,
        "seconds": round(world.clock.now() - operation.started if running else operation.seconds, 1),
        "startedAt": operation.created_at.isoformat() if operation.created_at else None,
        "results": [
            {"account": each.account, "region": each.region, "status": each.status, "reason": each.reason}
            for each in operation.targets
        ],
    }


def _mail(message: Any) -> dict[str, Any]:
    told = {"id": message.id, "from": message.source}
    if hasattr(message, "raw_data"):
        return told | {"to": message.destinations, "raw": message.raw_data}
    to = message.destinations.get("ToAddresses", []) if hasattr(message, "destinations") else []
    return told | {"to": to, "subject": getattr(message, "subject", ""), "body": getattr(message, "body", "")}
