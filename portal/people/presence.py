"""When a session began and when its person was last there, in the session itself."""

import time
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

BEGUN, SEEN = "signed_in_at", "seen_at"
"""Seconds since 1970."""


def on_signed_in(sender: Any, request: HttpRequest, **_: Any) -> None:
    request.session[BEGUN] = time.time()
    note_presence(request.session)


def note_presence(session: SessionBase) -> None:
    session[SEEN] = time.time()
