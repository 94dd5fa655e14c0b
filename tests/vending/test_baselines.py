"""Baselines: the first one, and the YAML file."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from audit.models import Event
from audit.services import Actor
from vending.models import Baseline
from vending.services.baselines import DEFAULT, BaselineFault, export_baseline, import_baseline

pytestmark = pytest.mark.django_db
GUS = Actor.person("gus")


def newest() -> Baseline:
    return Baseline.objects.order_by("-version").first()


def test_a_new_installation_has_the_products_own_baseline():
    assert newest().version == 1
    assert newest().steps.filter(step="create_account", enabled=True).exists()


def test_the_products_own_file_makes_no_new_version():
    assert import_baseline(text=DEFAULT.read_text(), actor=GUS) == (newest(), False)


def test_an_exported_baseline_comes_back_unchanged():
    assert import_baseline(text=export_baseline(newest()), actor=GUS)[1] is False


def test_a_changed_file_makes_a_new_version_and_is_on_record():
    baseline, new = import_baseline(text="note: Less.\nsteps:\n  create_account: {}\n", actor=GUS)
    assert (baseline.version, new) == (2, True)
    assert Event.objects.latest("id").action == "baseline.imported"


def test_a_step_may_differ_in_one_environment():
    text = "steps:\n  tags:\n    environments:\n      sandbox: {enabled: false}\n"
    baseline, _ = import_baseline(text=text, actor=GUS)
    assert dict(baseline.steps.values_list("environment", "enabled")) == {"": True, "sandbox": False}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("steps: {nonsense: {}}", "nonsense"),
        ("steps: {tags: {parameters: {colour: red}}}", "colour"),
        ("steps: {tags: {enabled: perhaps}}", "enabled"),
        ("]", "not a baseline file"),
        ("just text", "not a baseline file"),
    ],
)
def test_a_file_with_a_fault_says_what_is_wrong_and_changes_nothing(text, said):
    with pytest.raises(BaselineFault, match=said):
        import_baseline(text=text, actor=GUS)
    assert newest().version == 1


def test_the_command_takes_and_gives_a_file(tmp_path):
    file = tmp_path / "baseline.yaml"
    call_command("baseline", "export", str(file))
    call_command("baseline", "import", str(file))
    file.write_text("steps: {nonsense: {}}")
    with pytest.raises(CommandError, match="nonsense"):
        call_command("baseline", "import", str(file))


def test_a_version_can_never_be_edited():
    with pytest.raises(DatabaseError):
        Baseline.objects.update(note="something else")
