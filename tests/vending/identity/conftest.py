"""The sandbox One Identity Manager, as on the first day before each test, and the product's client of it."""

from collections.abc import Iterator

import pytest

from sandbox.identity.server import SandboxIdentity
from vending.identity.oneim import OneIdentityManager, Shop
from vending.identity.oneim_client import OneImClient
from vending.identity.portal import Product


@pytest.fixture(scope="module")
def running() -> Iterator[SandboxIdentity]:
    with SandboxIdentity() as server:
        yield server


@pytest.fixture
def identity(running: SandboxIdentity) -> SandboxIdentity:
    running.reset()
    return running


@pytest.fixture
def client(identity: SandboxIdentity) -> OneImClient:
    return OneImClient(identity.url, identity.user, identity.password)


@pytest.fixture
def portal(client: OneImClient, identity: SandboxIdentity) -> OneIdentityManager:
    return OneIdentityManager(client, Shop(**identity.step_parameters()))


@pytest.fixture
def product(portal: OneIdentityManager) -> Product:
    people = [portal.person(handle) for handle in ("otto@example.com", "anna")]
    return Product("111122223333", "Admin", "Payments", tuple(person for person in people if person))
