"""Whatever the description allows, and much that it does not, is sent to the API: no 5xx, answers as described."""

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, settings
from rest_framework.throttling import UserRateThrottle
from schemathesis import checks

from audit.services import Actor
from portal.people.tokens import make_token
from tests.portal import factories

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
HELD = (
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
)


described = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))
described.app = get_wsgi_application()


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """The rows of a test are in a transaction of its own; a request must not close it, as with Django's client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(UserRateThrottle, "rate", None, raising=False)
    factories.world()
    robot = factories.person("robot", "GAS engineer")
    return make_token(user=robot, name="A fuzzer", actor=Actor.person("robot"))[1]


@described.parametrize()
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_nothing_breaks_the_api(case: schemathesis.Case, token: str) -> None:
    case.call_and_validate(headers={"Authorization": f"Token {token}"}, checks=HELD)
