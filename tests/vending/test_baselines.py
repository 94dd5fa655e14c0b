"""Baselines: the first one, the YAML file, versions, and which one counts."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from audit.models import Event
from audit.services import Actor
from vending.baselines.difference import difference
from vending.baselines.document import check, of_baseline, read
from vending.engine.plan import chosen_steps
from vending.models import Baseline, BaselineActivation
from vending.selectors import active_baseline
from vending.services import NotAllowed
from vending.services.baselines import (
    DEFAULT,
    BaselineFault,
    activate_baseline,
    export_baseline,
    import_baseline,
    make_baseline,
)

pytestmark = pytest.mark.django_db
GUS = Actor.person("gus")
LESS = "note: Less.\nsteps:\n  create_account: {}\n"


def newest() -> Baseline:
    return Baseline.objects.order_by("-version").first()


def test_a_new_installation_has_the_products_own_baseline_and_builds_by_it():
    assert newest().version == 1
    assert newest().steps.filter(step="create_account", enabled=True).exists()
    assert active_baseline() == newest()


def test_the_products_own_file_makes_no_new_version():
    assert import_baseline(text=DEFAULT.read_text(), actor=GUS) == (newest(), False)
    assert BaselineActivation.objects.count() == 1


def test_an_exported_baseline_comes_back_unchanged():
    assert import_baseline(text=export_baseline(newest()), actor=GUS)[1] is False


def test_a_changed_file_makes_a_new_version_that_counts_and_is_on_record():
    baseline, new = import_baseline(text=LESS, actor=GUS)
    assert (baseline.version, new) == (2, True)
    assert active_baseline() == baseline
    assert list(Event.objects.order_by("id").values_list("action", flat=True)) == [
        "baseline.made", "baseline.activated",
    ]  # fmt: skip


def test_a_step_may_differ_in_one_environment():
    text = (
        "steps:\n  create_account: {}\n  account_ready: {}\n"
        "  tags:\n    environments:\n      sandbox: {enabled: false}\n"
    )
    baseline, _ = import_baseline(text=text, actor=GUS)
    assert "tags" in chosen_steps(baseline, "production")
    assert "tags" not in chosen_steps(baseline, "sandbox")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("steps: {nonsense: {}}", "nonsense"),
        ("steps: {tags: {parameters: {colour: red}}}", "colour"),
        ("steps: {tags: {enabled: perhaps}}", "enabled"),
        ("steps: {tags: 4}", "Write a mapping"),
        ("]", "not a baseline file"),
        ("just text", "not a baseline file"),
        ("", "not a baseline file"),
    ],
)
def test_a_file_with_a_fault_says_what_is_wrong_and_changes_nothing(text, said):
    with pytest.raises(BaselineFault, match=said):
        import_baseline(text=text, actor=GUS)
    assert newest().version == 1


def test_a_fault_names_its_line():
    text = "steps:\n  create_account: {}\n  account_ready: {}\n  tags:\n    parameters:\n      colour: red\n"
    with pytest.raises(BaselineFault, match=r"^Line 6: tags\.colour: ") as caught:
        read(text)
    assert [flaw.line for flaw in caught.value.flaws] == [6]


def test_aliases_that_stand_for_a_billion_values_are_refused_at_once():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    with pytest.raises(BaselineFault, match=r"Line 2.*alias \*a0"):
        read("\n".join(lines))


def test_a_step_that_stands_twice_is_refused():
    with pytest.raises(BaselineFault, match="Line 3: create_account: This stands here twice"):
        read("steps:\n  create_account: {}\n  create_account: {enabled: false}\n")


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ({"account_ready": {}}, "“account_ready” is on and “create_account” is off"),
        ({"create_account": {}, "tags": {}}, "“tags” is on and “account_ready” is off"),
        ({"create_account": {}, "quarantine": {}}, "would stay closed for ever"),
        ({"create_account": {}, "quarantine": {}, "lift_quarantine": {"enabled": False}}, "“lift_quarantine” is off"),
        ({"create_account": {}, "lift_quarantine": {}}, "nothing to lift"),
        (
            {"create_account": {}, "quarantine": {}, "lift_quarantine": {"environments": {"dev": {"enabled": False}}}},
            "in the environment “dev”",
        ),
    ],
)
def test_a_step_without_what_it_cannot_do_without_is_refused_in_a_sentence(steps, said):
    with pytest.raises(BaselineFault, match=said):
        check({"steps": steps})


def test_stack_sets_may_do_without_the_portals_own_role():
    check({"steps": {"create_account": {}, "account_ready": {}, "default_stack_sets": {}}})


def test_a_version_counts_only_when_somebody_makes_it_active():
    baseline, _ = make_baseline(document=read(LESS), note="", actor=GUS)
    assert active_baseline().version == 1
    activate_baseline(baseline=baseline, reason="Agreed with security.", actor=GUS)
    assert active_baseline() == baseline
    event = Event.objects.get(action="baseline.activated")
    assert (event.actor, event.before, event.after) == ("gus", {"version": 1}, {"version": 2})
    assert "Agreed with security." in event.summary


def test_an_earlier_version_can_be_made_active_again():
    import_baseline(text=LESS, actor=GUS)
    activate_baseline(baseline=Baseline.objects.get(version=1), reason="Back.", actor=GUS)
    assert active_baseline().version == 1


def test_the_active_one_is_not_activated_twice():
    with pytest.raises(NotAllowed, match="already"):
        activate_baseline(baseline=newest(), reason="Again.", actor=GUS)


def test_an_activation_wants_a_reason():
    baseline, _ = make_baseline(document=read(LESS), note="", actor=GUS)
    with pytest.raises(NotAllowed, match="why"):
        activate_baseline(baseline=baseline, reason=" ", actor=GUS)


def test_who_saw_another_active_version_must_look_again():
    first = active_baseline()
    import_baseline(text=LESS, actor=GUS)
    other, _ = make_baseline(document=of_baseline(first), note="", actor=GUS)
    with pytest.raises(NotAllowed, match="Baseline 2"):
        activate_baseline(baseline=other, reason="Mine.", actor=GUS, instead_of=first)


def test_the_difference_tells_steps_parameters_and_environments():
    old = check({"steps": {"create_account": {}, "account_ready": {}, "tags": {}}})
    new = check(
        {
            "steps": {
                "create_account": {"parameters": {"iam_billing": False}},
                "account_ready": {},
                "tags": {"environments": {"dev": {"enabled": False}}},
                "root_access": {},
            }
        }
    )
    told = {(c.step, c.environment, str(c.what), str(c.before), str(c.after)) for c in difference(old, new)}
    assert told == {
        ("create_account", "", "iam_billing", "True", "False"),
        ("tags", "dev", "step", "not set", "off"),
        ("root_access", "", "step", "not set", "on"),
    }


def test_the_difference_tells_what_is_written_for_a_step_that_is_new():
    steps = {"create_account": {}, "account_ready": {}}
    old = check({"steps": steps})
    new = check({"steps": {**steps, "password_policy": {"parameters": {"minimum_length": 20}}}})
    told = [(str(change.what), str(change.before), str(change.after)) for change in difference(old, new)]
    assert told == [("step", "not set", "on"), ("minimum_length", "not set", "20")]


def test_a_parameter_written_out_as_its_default_is_no_difference():
    old = check({"steps": {"create_account": {}}})
    assert difference(old, check({"steps": {"create_account": {"parameters": {"iam_billing": True}}}})) == []


def test_the_command_takes_and_gives_a_file(tmp_path):
    file = tmp_path / "baseline.yaml"
    call_command("baseline", "export", str(file))
    call_command("baseline", "import", str(file))
    file.write_text("steps: {nonsense: {}}")
    with pytest.raises(CommandError, match="nonsense"):
        call_command("baseline", "import", str(file))


def test_the_command_refuses_a_quarantine_that_nobody_lifts(tmp_path):
    file = tmp_path / "baseline.yaml"
    file.write_text("steps: {create_account: {}, quarantine: {parameters: {policy: closed}}}")
    with pytest.raises(CommandError, match="lift_quarantine"):
        call_command("baseline", "import", str(file))
    assert newest().version == 1


@pytest.mark.parametrize("model", [Baseline, BaselineActivation])
def test_a_version_and_its_activation_can_never_be_edited(model):
    with pytest.raises(DatabaseError):
        model.objects.all().delete() if model is BaselineActivation else model.objects.update(note="something else")
