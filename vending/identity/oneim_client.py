"""The REST API of One Identity Manager's application server: log-in, entities, assignments.

Source: One Identity Manager REST API Reference Guide (8.1.5 to 9.2.1). Conditions never contain a value: values
travel as parameters (`where=CentralAccount=@account&@account=otto`), so no value can change a condition.
"""

import threading
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from taskqueue import clock
from vending.aws.errors import Fault, Kind
from vending.aws.recording import AwsCall, note
from vending.identity import oneim_errors as errors

TIMEOUT = httpx.Timeout(10, connect=5)  # seconds; an attempt of the engine may last 45
SERVICE = "identity-portal"
"""What the record of calls names it."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Entity:
    """One row of a table; `values` has at least the columns that were asked for."""

    uid: str
    values: Mapping[str, Any]


class OneImClient:
    """Carries calls to one application server; one session, renewed when it ends. Safe for threads.

    `base_url` includes the path chosen at the server's installation, such as https://oneim.example.com/AppServer.
    Raises Fault.
    """

    def __init__(self, base_url: str, user: str, password: str, module: str = "DialogUser") -> None:
        self.base_url = base_url.rstrip("/")
        address = urlsplit(self.base_url)
        if address.scheme != "https" and address.hostname not in LOOPBACK:
            raise Fault(
                Kind.PERMANENT,
                "PlainHttp",
                "IDENTITY_PORTAL_URL must begin with https://, or the password would travel in the clear.",
            )
        self._user, self._password, self._module = user, password, module
        self._lock = threading.Lock()
        self._logged_in = 0  # how often; tells a thread that another one has renewed the session already
        self._http = httpx.Client(
            timeout=TIMEOUT, headers={"Accept": "application/json", "User-Agent": "account-vending-portal"}
        )

    def __repr__(self) -> str:
        return f"OneImClient({self.base_url!r})"

    def look_up(self, table: str, where: str, columns: Collection[str], **values: str) -> list[Entity]:
        """The rows for which the condition holds; `where` is a literal of the code and names its values as @name."""
        parameters = {"where": where, "displayColumns": ";".join(columns), "loadType": "BulkReadOnly"}
        parameters |= {f"@{name}": value for name, value in values.items()}
        found = self._call("GET", f"/api/entities/{table}", params=parameters)
        if not isinstance(found, list):
            raise errors.unreadable(f"GET /api/entities/{table}")
        return [self._complete(table, Entity(_uid(each), each.get("values") or {}), columns) for each in found]

    def _complete(self, table: str, entity: Entity, columns: Collection[str]) -> Entity:
        """Versions differ in how they take displayColumns: what a look-up left out is read one by one."""
        if set(columns) <= set(entity.values):
            return entity
        found = self._call("GET", f"/api/entity/{table}/{_segment(entity.uid)}") or {}
        return Entity(entity.uid, found.get("values") or {})

    def create(self, table: str, values: Mapping[str, Any]) -> str:
        """Returns the uid of the new row."""
        return _uid(self._call("POST", f"/api/entity/{table}", json={"values": values}))

    def change(self, table: str, uid: str, values: Mapping[str, Any]) -> None:
        self._call("PUT", f"/api/entity/{table}/{_segment(uid)}", json={"values": values})

    def members(self, table: str, column: str, uid: str) -> frozenset[str]:
        """The uids on the other side of an assignment table."""
        found = self._call("GET", _assignments(table, column, uid))
        return frozenset(_uid(each) for each in found or ())

    def assign(self, table: str, column: str, uid: str, members: Iterable[str]) -> None:
        self._call("POST", _assignments(table, column, uid), json={"members": sorted(members)})

    def unassign(self, table: str, column: str, uid: str, members: Iterable[str]) -> None:
        self._call("DELETE", _assignments(table, column, uid), json={"members": sorted(members)})

    def _call(self, method: str, path: str, **arguments: Any) -> Any:
        """One call; after a 401, which means that nothing was done, log in anew and repeat it once."""
        call = f"{method} {path}"
        if not self._logged_in:
            self._log_in(0)
        session = self._logged_in
        response = self._send(method, path, **arguments)
        if response.status_code == 401:
            self._log_in(session)
            response = self._send(method, path, **arguments)
        if response.status_code == 401:
            raise errors.unauthorized(call)
        if not response.is_success:
            raise errors.refused(call, response, self._redact)
        if not response.content:
            return None
        return _json(call, response)

    def _log_in(self, session: int) -> None:
        """Open a session, unless another thread has opened one since `session`."""
        call = "POST /auth/apphost"
        with self._lock:
            if self._logged_in != session:
                return
            self._http.cookies.clear()
            response = self._send("POST", "/auth/apphost", json=self._credentials())
            if response.status_code == 401:
                raise errors.unauthorized(call)
            if not response.is_success:
                raise errors.refused(call, response, self._redact)
            opened = _json(call, response)
            if "ss-id" not in self._http.cookies and isinstance(opened, dict) and opened.get("sessionId"):
                self._http.cookies.set("ss-id", str(opened["sessionId"]))
            self._logged_in += 1

    def _credentials(self) -> dict[str, Any]:
        """The form with separate fields: in the form of one string a ";" in the password would end it."""
        return {
            "module": self._module,
            "props": [
                {"name": "User", "type": "Edit", "value": self._user},
                {"name": "Password", "type": "Password", "value": self._password},
            ],
            "config": [],
        }

    def _send(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """Send it, and put it into the record of the attempt: which call, how it went, never its content."""
        at, started, status, failure = clock.now(), time.monotonic(), 0, ""
        try:
            response = self._http.request(method, self.base_url + path, **arguments)
            status = response.status_code
        except httpx.HTTPError as error:
            failure = type(error).__name__
            raise errors.unanswered(f"{method} {path}", error) from None
        finally:
            note(
                AwsCall(
                    service=SERVICE, operation=_operation(method, path), account_id="", region="", request_id="",
                    http_status=status, error_code=failure or (str(status) if status >= 400 else ""),
                    duration_ms=round((time.monotonic() - started) * 1000), at=at,
                    mutating=method != "GET" and not path.startswith("/auth/"),
                )
            )  # fmt: skip
        return response

    def _redact(self, text: str) -> str:
        """The text without the password, should the server ever echo it."""
        return text.replace(self._password, "***") if self._password else text


def _json(call: str, response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        raise errors.unreadable(call) from None


def _uid(found: Any) -> str:
    """The uid, or the last part of the address, which is a whole URL in old versions and a path in new ones."""
    if not isinstance(found, dict):
        raise errors.unreadable("an entity")
    address = str(found.get("uri") or found.get("href") or "")
    uid = str(found.get("uid") or urlsplit(address).path.rpartition("/")[2])
    if not uid:
        raise errors.unreadable("an entity without uid")
    return uid


def _segment(uid: str) -> str:
    return quote(uid, safe="")


def _operation(method: str, path: str) -> str:
    """The call without the uids in it: POST entity/AccProduct."""
    parts = path.removeprefix("/api/").strip("/").split("/")
    named = parts[:3] if parts[0] == "assignments" else parts[:2]
    return f"{method} {'/'.join(named)}"[:80]


def _assignments(table: str, column: str, uid: str) -> str:
    return f"/api/assignments/{table}/{column}/{_segment(uid)}"
