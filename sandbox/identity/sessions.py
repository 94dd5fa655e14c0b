"""ServiceStack's sessions: the cookies ss-id, ss-pid and ss-opt, and an end of them on order."""

import secrets
import threading
from typing import Any

from flask import Response, request

from sandbox.identity.seed import PASSWORD, USER


class Sessions:
    def __init__(self) -> None:
        self._open: set[str] = set()
        self._lock = threading.Lock()
        self.opened = 0

    @property
    def is_valid(self) -> bool:
        """Whether the current request belongs to an open session."""
        with self._lock:
            return request.cookies.get("ss-id", "") in self._open

    def open(self, given: dict[str, Any]) -> str | None:
        """A new session's id, or None for wrong credentials."""
        if _credentials(given) != ("DialogUser", USER, PASSWORD):
            return None
        session = secrets.token_urlsafe(15)
        with self._lock:
            self._open.add(session)
            self.opened += 1
        return session

    def close(self) -> None:
        with self._lock:
            self._open.discard(request.cookies.get("ss-id", ""))

    def expire(self) -> None:
        """End all sessions, as a restart of the server or its idle time does."""
        with self._lock:
            self._open.clear()


def set_cookies(answer: Response, session: str) -> None:
    answer.set_cookie("ss-id", session, httponly=True, samesite="Lax")
    answer.set_cookie("ss-pid", secrets.token_urlsafe(15), httponly=True, samesite="Lax")
    answer.set_cookie("ss-opt", "temp", httponly=True, samesite="Lax")


def _credentials(given: dict[str, Any]) -> tuple[str, str, str]:
    """Module, user and password, from separate fields or from the one-string form, which a ";" ends early."""
    if "authString" in given:
        parts = dict(part.partition("=")[::2] for part in str(given["authString"]).split(";"))
        return parts.get("Module", ""), parts.get("User", ""), parts.get("Password", "")
    fields = {prop.get("name"): prop.get("value") for prop in given.get("props") or ()}
    return str(given.get("module")), str(fields.get("User")), str(fields.get("Password"))
