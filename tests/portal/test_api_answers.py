"""How the API answers: problems of one shape, ETags, pages, a complete description."""

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from rest_framework.throttling import UserRateThrottle

from audit.api import EventViewSet
from portal.api.problems import CONTENT_TYPE, KIND
from tests.portal import factories
from vending.choices import RunStatus
from vending.models import Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed_run() -> Run:
    factories.world()
    return Run.objects.get(status=RunStatus.FAILED)


@pytest.fixture
def as_engineer(client: Client) -> Client:
    client.force_login(factories.person("gus", "GAS engineer"))
    return client


def a_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    assert answer.status_code == status
    assert answer["Content-Type"] == CONTENT_TYPE
    assert body["type"] == KIND + code
    assert body["status"] == status
    assert body["detail"]
    return body


def test_an_unknown_token_is_a_problem_with_a_challenge(client: Client) -> None:
    answer = client.get("/api/v1/runs/", headers={"authorization": "Token nobody"})
    a_problem(answer, 401, "authentication_failed")
    assert answer["WWW-Authenticate"] == "Token"


def test_nobody_signed_in_is_a_problem(client: Client) -> None:
    a_problem(client.get("/api/v1/runs/"), 401, "not_authenticated")


def test_what_is_not_permitted_is_a_problem(client: Client, failed_run: Run) -> None:
    client.force_login(factories.person("audrey", "Auditor"))
    body = a_problem(client.post(f"/api/v1/runs/{failed_run.pk}/retry/"), 403, "permission_denied")
    assert body["instance"] == f"/api/v1/runs/{failed_run.pk}/retry/"


@pytest.mark.parametrize("address", ["/api/v1/runs/999999/", "/api/v1/runs/abc/", "/api/v1/nothing/", "/api/v2/"])
def test_what_does_not_exist_is_a_problem(as_engineer: Client, address: str) -> None:
    a_problem(as_engineer.get(address), 404, "not_found")


def test_a_page_that_does_not_exist_stays_a_page(as_engineer: Client) -> None:
    answer = as_engineer.get("/nothing/")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")


def test_a_method_that_does_not_exist_is_a_problem(as_engineer: Client, failed_run: Run) -> None:
    a_problem(as_engineer.get(f"/api/v1/runs/{failed_run.pk}/retry/"), 405, "method_not_allowed")


def test_what_the_state_does_not_allow_is_a_problem(as_engineer: Client, failed_run: Run) -> None:
    a_problem(as_engineer.post(f"/api/v1/runs/{failed_run.pk}/release/"), 409, "not_allowed")


def test_a_missing_field_is_named(as_engineer: Client, failed_run: Run) -> None:
    body = a_problem(as_engineer.post(f"/api/v1/runs/{failed_run.pk}/hold/"), 400, "invalid")
    assert body["errors"] == [{"field": "reason", "detail": "This field is required."}]
    assert body["detail"] == "Correct reason."


@pytest.mark.parametrize(
    "query", ["status=nothing", "run=x"], ids=["a choice that does not exist", "a number that is none"]
)
def test_a_wrong_filter_is_named(as_engineer: Client, query: str) -> None:
    body = a_problem(as_engineer.get(f"/api/v1/steps/?{query}"), 400, "invalid")
    assert [fault["field"] for fault in body["errors"]] == [query.split("=")[0]]


@pytest.mark.parametrize("cursor", ["nonsense", "cD1hYmM=", "cj0x", "%00"], ids=["no base64", "p=abc", "r=1", "NUL"])
def test_a_forged_cursor_is_no_page(as_engineer: Client, failed_run: Run, cursor: str) -> None:
    assert as_engineer.get(f"/api/v1/events/?cursor={cursor}").status_code in (200, 404)


@pytest.mark.parametrize("moment", ["0585-09-17T10:30:37%2B23:20", "2026-01-15T09:00:00%2B01:00"])
def test_any_offset_of_a_moment_is_understood(as_engineer: Client, failed_run: Run, moment: str) -> None:
    assert as_engineer.get(f"/api/v1/events/?after={moment}").json()["results"]


def test_a_moment_outside_of_the_calendar_is_named(as_engineer: Client) -> None:
    body = a_problem(as_engineer.get("/api/v1/events/?until=0001-01-01T00:00:00%2B02:00"), 400, "invalid")
    assert body["errors"][0]["field"] == "until"


def test_unreadable_json_is_a_problem(as_engineer: Client, failed_run: Run) -> None:
    answer = as_engineer.post(f"/api/v1/runs/{failed_run.pk}/hold/", "{", content_type="application/json")
    a_problem(answer, 400, "parse_error")


def test_another_content_type_is_a_problem(as_engineer: Client, failed_run: Run) -> None:
    answer = as_engineer.post(f"/api/v1/runs/{failed_run.pk}/hold/", "<a/>", content_type="application/xml")
    a_problem(answer, 415, "unsupported_media_type")


def test_who_asks_too_much_is_told_when_to_come_back(as_engineer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UserRateThrottle, "rate", "2/min", raising=False)
    for _ in range(2):
        assert as_engineer.get("/api/v1/runs/").status_code == 200
    answer = as_engineer.get("/api/v1/runs/")
    a_problem(answer, 429, "throttled")
    assert 0 < int(answer["Retry-After"]) <= 60


def test_a_mistake_of_the_portal_is_a_problem_without_its_traceback(
    as_engineer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr(EventViewSet, "get_queryset", broken)
    as_engineer.raise_request_exception = False
    answer = as_engineer.get("/api/v1/events/")
    a_problem(answer, 500, "error")
    assert b"secret" not in answer.content


@pytest.mark.parametrize("address", ["/api/v1/runs/", "/api/v1/runs/{}/"])
def test_what_is_unchanged_is_not_sent_again(as_engineer: Client, failed_run: Run, address: str) -> None:
    address = address.format(failed_run.pk)
    first = as_engineer.get(address)
    again = as_engineer.get(address, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    as_engineer.post(f"/api/v1/runs/{failed_run.pk}/retry/")
    changed = as_engineer.get(address, headers={"if-none-match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_answers_are_kept_for_nobody_else(as_engineer: Client, failed_run: Run) -> None:
    answer = as_engineer.get("/api/v1/runs/")
    assert "private" in answer["Cache-Control"]
    assert {"Authorization", "Cookie"} <= {name.strip() for name in answer["Vary"].split(",")}


def test_the_next_page_goes_on_where_the_last_one_ended(as_engineer: Client, failed_run: Run) -> None:
    first = as_engineer.get("/api/v1/steps/?page_size=4").json()
    second = as_engineer.get(first["next"]).json()
    assert max(row["id"] for row in second["results"]) < min(row["id"] for row in first["results"])


def test_the_description_is_made_without_a_warning(tmp_path: Any) -> None:
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(tmp_path / "schema.yaml"))
