"""One sandbox server, as on the first day before each test."""

from collections.abc import Iterator

import httpx
import pytest

from sandbox.identity.server import SandboxIdentity


@pytest.fixture(scope="session")
def running() -> Iterator[SandboxIdentity]:
    with SandboxIdentity() as server:
        yield server


@pytest.fixture
def identity(running: SandboxIdentity) -> SandboxIdentity:
    running.reset()
    return running


@pytest.fixture
def stranger(identity: SandboxIdentity) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=identity.url, trust_env=False) as client:
        yield client


@pytest.fixture
def service(stranger: httpx.Client, identity: SandboxIdentity) -> httpx.Client:
    """Logged in as the portal's user."""
    fields = [{"name": "User", "value": identity.user}, {"name": "Password", "value": identity.password}]
    answer = stranger.post("/auth/apphost", json={"module": "DialogUser", "props": fields, "config": []})
    assert answer.status_code == 200, answer.text
    return stranger
