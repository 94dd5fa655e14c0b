"""Everyone against every operation of the API's own description: what is added later is tried too."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from audit.models import Event
from tests.portal import factories
from vending.choices import RunStatus
from vending.models import Account, AccountRequest, Run

pytestmark = pytest.mark.django_db
OPERATORS = {"GAS engineer", "GAS admin"}
KEPT_FROM = {"events": {"Viewer"}}
VERBS = ("get", "post", "put", "patch", "delete")
Operation = tuple[str, str]


def operations() -> list[Operation]:
    paths = SchemaGenerator().get_schema(public=True)["paths"]
    return [(verb, path) for path, verbs in paths.items() for verb in verbs if verb in VERBS]


@pytest.fixture
def rows() -> dict[str, int]:
    """The id to use for the rows of each part of the API."""
    factories.world()
    failed = Run.objects.get(status=RunStatus.FAILED)
    return {
        "requests": AccountRequest.objects.first().pk,
        "accounts": Account.objects.first().pk,
        "runs": failed.pk,
        "steps": failed.steps.get(status="failed").pk,
        "events": Event.objects.first().pk,
    }


def call(client: Client, operation: Operation, rows: dict[str, int]) -> Any:
    verb, path = operation
    address = path.replace("{id}", str(rows[path.split("/")[3]]))
    return getattr(client, verb)(address, {"reason": "because"} if verb == "post" else None)


def names(operation: Operation) -> str:
    return " ".join(operation)


@pytest.mark.parametrize("operation", operations(), ids=names)
def test_nobody_comes_in_without_signing_in(client: Client, operation: Operation, rows: dict[str, int]) -> None:
    assert call(client, operation, rows).status_code == 401


@pytest.mark.parametrize("operation", operations(), ids=names)
def test_a_person_in_no_group_may_do_nothing(client: Client, operation: Operation, rows: dict[str, int]) -> None:
    client.force_login(factories.person("stranger"))
    assert call(client, operation, rows).status_code == 403


@pytest.mark.parametrize("operation", operations(), ids=names)
def test_the_groups_read_and_only_the_operators_operate(
    client: Client, operation: Operation, rows: dict[str, int]
) -> None:
    groups = set(Group.objects.values_list("name", flat=True))
    assert groups == {"Viewer", "Auditor", "GAS engineer", "GAS admin"}
    for number, group in enumerate(sorted(groups)):
        client.force_login(factories.person(f"person-{number}", group))
        events = Event.objects.count()
        status = call(client, operation, rows).status_code
        if operation[0] == "get":
            assert status == (403 if group in KEPT_FROM.get(operation[1].split("/")[3], ()) else 200), group
        elif group in OPERATORS:
            assert status in (200, 409), group
        else:
            assert status == 403, group
            assert Event.objects.count() == events, group


def test_the_description_knows_all_parts() -> None:
    parts = {path.split("/")[3] for _, path in operations()}
    assert parts == {"requests", "accounts", "runs", "steps", "events"}
    assert sum(verb == "post" for verb, _ in operations()) >= 6
