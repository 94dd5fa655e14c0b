"""The API: each kind of person against each operation."""

import json
import re

import pytest
from django.test import Client

from audit.models import Event
from audit.services import Actor
from portal.people.tokens import make_token
from tests.portal import factories
from vending.api.serializers import LISTED_RUN, RUN
from vending.choices import RunStatus
from vending.models import Run, StepRun

pytestmark = pytest.mark.django_db
READ = ["/api/v1/requests/", "/api/v1/accounts/", "/api/v1/runs/", "/api/v1/steps/", "/api/v1/events/"]
OPERATIONS = ["retry", "hold", "release", "cancel"]


@pytest.fixture
def failed_run() -> Run:
    factories.world()
    return Run.objects.get(status=RunStatus.FAILED)


def sign_in(client: Client, group: str) -> Client:
    client.force_login(factories.person("someone", group))
    return client


@pytest.mark.parametrize("address", READ)
def test_nobody_reads_without_signing_in(client: Client, address: str) -> None:
    assert client.get(address).status_code == 401


@pytest.mark.parametrize("address", READ)
def test_a_person_in_no_group_reads_nothing(client: Client, address: str) -> None:
    assert sign_in(client, "").get(address).status_code == 403


@pytest.mark.parametrize("address", READ)
@pytest.mark.parametrize("group", ["Auditor", "GAS engineer"])
def test_members_of_the_groups_read_lists_and_rows(client: Client, failed_run: Run, group: str, address: str) -> None:
    answer = sign_in(client, group).get(address)
    assert answer.status_code == 200
    first = answer.json()["results"][0]["id"]
    assert client.get(f"{address}{first}/").status_code == 200


@pytest.mark.parametrize("address", READ)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_rows_are_never_written_over_the_api(client: Client, failed_run: Run, address: str, method: str) -> None:
    sign_in(client, "GAS engineer")
    assert getattr(client, method)(address).status_code in (403, 405)
    assert getattr(client, method)(f"{address}1/").status_code in (403, 405)


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("group", ["Auditor", ""])
def test_others_operate_nothing(client: Client, failed_run: Run, group: str, name: str) -> None:
    sign_in(client, group)
    assert client.post(f"/api/v1/runs/{failed_run.pk}/{name}/", {"reason": "because"}).status_code == 403
    failed_run.refresh_from_db()
    assert failed_run.status == RunStatus.FAILED


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_by_get_changes_nothing(client: Client, failed_run: Run, name: str) -> None:
    sign_in(client, "GAS engineer")
    assert client.get(f"/api/v1/runs/{failed_run.pk}/{name}/").status_code == 405
    failed_run.refresh_from_db()
    assert failed_run.status == RunStatus.FAILED


def test_a_token_retries_a_run_and_the_record_names_its_owner(client: Client, failed_run: Run) -> None:
    robot = factories.person("robot", "GAS engineer")
    _, token = make_token(user=robot, name="A script", actor=Actor.person("robot"))
    answer = client.post(f"/api/v1/runs/{failed_run.pk}/retry/", headers={"authorization": f"Token {token}"})
    assert answer.status_code == 200
    assert answer.json()["status"] == "running"
    assert Event.objects.get(action="run.retried").actor == "robot"


def test_what_the_state_does_not_allow_is_a_conflict_in_a_sentence(client: Client, failed_run: Run) -> None:
    answer = sign_in(client, "GAS engineer").post(f"/api/v1/runs/{failed_run.pk}/release/")
    assert answer.status_code == 409
    assert "only a run on hold can be released" in answer.json()["detail"]


def test_a_hold_needs_a_reason(client: Client, failed_run: Run) -> None:
    sign_in(client, "GAS engineer")
    assert client.post(f"/api/v1/runs/{failed_run.pk}/hold/").status_code == 400
    assert client.post(f"/api/v1/runs/{failed_run.pk}/hold/", {"reason": "wait"}).json()["status"] == "on_hold"


def test_a_run_has_its_steps_in_their_order_and_the_shape_of_the_example(client: Client, failed_run: Run) -> None:
    run = sign_in(client, "Auditor").get(f"/api/v1/runs/{failed_run.pk}/").json()
    assert set(run) == set(RUN)
    assert [step["position"] for step in run["steps"]] == [0, 1, 2, 3, 4]
    assert set(run["steps"][0]) == set(RUN["steps"][0])


def test_a_failed_step_is_skipped_with_a_reason(client: Client, failed_run: Run) -> None:
    step = failed_run.steps.get(status="failed")
    answer = sign_in(client, "GAS engineer").post(f"/api/v1/steps/{step.pk}/skip/", {"reason": "Tags come later."})
    assert answer.json()["status"] == "skipped"
    assert "Tags come later." in Event.objects.get(action="step.skipped").summary


def test_a_step_that_did_not_fail_is_not_retried(client: Client, failed_run: Run) -> None:
    step = StepRun.objects.filter(run=failed_run, status="succeeded").first()
    answer = sign_in(client, "GAS engineer").post(f"/api/v1/steps/{step.pk}/retry/")
    assert answer.status_code == 409
    assert "only a failed step can be retried" in answer.json()["detail"]


def test_steps_are_filtered_by_run_and_state(client: Client, failed_run: Run) -> None:
    rows = sign_in(client, "Auditor").get(f"/api/v1/steps/?run={failed_run.pk}&status=failed").json()["results"]
    assert [(row["run"], row["status"]) for row in rows] == [(failed_run.pk, "failed")]


def test_lists_are_filtered(client: Client, failed_run: Run) -> None:
    sign_in(client, "Auditor")
    assert [row["status"] for row in client.get("/api/v1/runs/?status=failed").json()["results"]] == ["failed"]
    rows = client.get("/api/v1/requests/?ticket=AVM-4").json()["results"]
    assert [row["ticket"] for row in rows] == ["AVM-4"]
    assert [row["ticket"] for row in client.get("/api/v1/runs/?ticket=AVM-3").json()["results"]] == ["AVM-3"]
    assert client.get("/api/v1/events/?ticket=AVM-3").json()["results"][0]["ticket"] == "AVM-3"
    assert client.get("/api/v1/accounts/?account_id=210000000001").json()["results"][0]["ticket"] == "AVM-1"


def test_a_list_of_runs_needs_few_queries(client: Client, failed_run: Run, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    sign_in(client, "Auditor")
    with django_assert_max_num_queries(8):
        client.get("/api/v1/runs/")


@pytest.mark.parametrize("address", ["/api/schema/", "/api/docs/"])
def test_the_description_is_for_the_signed_in(client: Client, address: str) -> None:
    assert client.get(address).status_code in (302, 401)
    assert sign_in(client, "").get(address).status_code == 200


def test_the_page_of_the_description_holds_no_script_that_its_policy_forbids(client: Client) -> None:
    page = sign_in(client, "").get("/api/docs/")
    assert "'unsafe-inline'" not in page["Content-Security-Policy"].split("script-src")[1].split(";")[0]
    scripts = re.findall(r"<script(.*?)>(.*?)</script>", page.content.decode(), re.DOTALL)
    assert scripts
    assert all("src=" in attributes and not text.strip() for attributes, text in scripts)
    own = re.search(r'src="(/api/docs/[^"]*)"', page.content.decode())
    assert own
    assert client.get(own[1])["Content-Type"].startswith("application/javascript")


def test_the_description_names_every_operation(client: Client) -> None:
    schema = json.loads(sign_in(client, "").get("/api/schema/?format=json").content)
    for name in OPERATIONS:
        assert f"/api/v1/runs/{{id}}/{name}/" in schema["paths"]


def test_a_list_of_runs_leaves_their_steps_out(client: Client, failed_run: Run) -> None:
    run = sign_in(client, "Auditor").get("/api/v1/runs/").json()["results"][0]
    assert set(run) == set(LISTED_RUN)
