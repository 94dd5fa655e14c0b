"""One sandbox Jira, emptied before each test, and a portal that writes down what it hears."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from sandbox.jira.server import SandboxJira

KEY, SECRET = "the-key", "It's a Secret to Everybody"

REQUEST = {
    "customfield_10101": "payments-dev",
    "customfield_10102": "aws+payments-dev@example.com",
    "customfield_10103": "Development",
    "customfield_10104": "development",
    "customfield_10105": "CC-4711",
    "customfield_10106": "otto@example.com",
    "customfield_10107": "anna@example.com",
    "customfield_10108": "Payments needs a *sandbox*",
}


@dataclass
class Portal:
    url: str
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)


@pytest.fixture(scope="session")
def listening() -> Iterator[Portal]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            portal.heard.append(({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(portal.answers.pop(0) if portal.answers else 202)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    portal = Portal(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield portal
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def running(listening: Portal) -> Iterator[SandboxJira]:
    with SandboxJira(listening.url, KEY, SECRET, automation="sync") as jira:
        yield jira


@pytest.fixture
def jira(running: SandboxJira, listening: Portal) -> SandboxJira:
    running.reset()
    listening.heard.clear()
    listening.answers.clear()
    return running


@pytest.fixture
def portal(jira: SandboxJira, listening: Portal) -> Portal:
    return listening


def as_person(jira: SandboxJira, email: str) -> httpx.Client:
    return httpx.Client(base_url=jira.url, auth=(email, "sandbox-token"), trust_env=False)


@pytest.fixture
def bot(jira: SandboxJira) -> Iterator[httpx.Client]:
    with as_person(jira, "vending-bot@example.com") as client:
        yield client


@pytest.fixture
def ticket(jira: SandboxJira) -> str:
    """A ticket Rita opened through the portal's form."""
    with httpx.Client(base_url=jira.url, trust_env=False) as browser:
        form = {"as": "rita@example.com", **REQUEST}
        answer = browser.post("/portal/create", data=form, headers={"Accept": "application/json"})
        assert answer.status_code == 201, answer.text
        return answer.json()["key"]
