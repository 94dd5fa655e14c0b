"""What the demo's processes are told, and the mapping they start with."""

from pathlib import Path

import pytest
import yaml

from sandbox.demo.home import Home
from sandbox.demo.world import FIELDS, Broken, World
from sandbox.jira import fields, workflow


@pytest.fixture
def world(tmp_path: Path) -> World:
    with Home(tmp_path) as home:
        return World(home, 0.05, "postgres://portal@127.0.0.1:1/portal")


def test_the_mapping_names_every_field_of_the_form_once() -> None:
    mapped = list(yaml.safe_load(FIELDS.read_text())["fields"].values())
    assert mapped == [field.id for field in fields.FORM]


def test_the_mapping_names_every_status_of_the_workflow() -> None:
    mapped = [name for names in yaml.safe_load(FIELDS.read_text())["statuses"].values() for name in names]
    assert sorted(mapped) == sorted(status.name for status in workflow.STATUSES)


def test_credentials_of_the_person_who_starts_it_stay_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "company-production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "a-real-one")
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/portal")
    told = world.environment()
    assert {"AWS_PROFILE", "AWS_SESSION_TOKEN"}.isdisjoint(told)
    assert told["DATABASE_URL"] == world.database
    assert told["AWS_ACCESS_KEY_ID"] == "testing"
    assert told["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")


def test_a_command_that_fails_is_named_with_its_log(world: World) -> None:
    with pytest.raises(Broken, match=r"manage\.py nonsense failed") as problem:
        world.run("nonsense")
    assert "Unknown command" in problem.value.log.read_text()
