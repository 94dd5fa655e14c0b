"""The doctor as a whole: checks by themselves, time limits, secrets, the command and its exit code."""

import json
import time
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from portal.doctor import examination
from portal.doctor.check import Check, Clock, run
from portal.doctor.examination import Side
from portal.doctor.finding import Finding, State, failed, ok, warning

SECRET = "a-token-that-nobody-may-see"


def good(name: str = "good") -> Check:
    return Check(name, lambda: [ok(name, "well")])


def broken() -> Iterator[Finding]:
    raise RuntimeError(f"it carried {SECRET}")


@pytest.fixture
def sides(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets a test say which checks there are."""

    def say(*checks: Check) -> None:
        monkeypatch.setattr(examination, "SIDES", (Side("aws", "AWS", lambda: checks),))
        monkeypatch.setattr("portal.management.commands.doctor.SIDES", examination.SIDES)

    return say


@pytest.mark.parametrize("apart", [True, False])
def test_a_check_that_breaks_is_said_and_ends_no_other(settings: Any, caplog: Any, apart: bool) -> None:
    settings.JIRA_API_TOKEN = SECRET
    found = list(run([Check("bad", broken, apart=apart), good()]))
    assert [(each.what, each.state) for each in found] == [("bad", State.FAILED), ("good", State.OK)]
    assert "RuntimeError" in found[0].seen
    assert SECRET not in str(found) + caplog.text
    assert "RuntimeError" in caplog.text


def test_a_check_that_takes_too_long_is_left_behind() -> None:
    slow = Check("slow", lambda: time.sleep(5) or [], apart=True, seconds=0.2)
    started = time.monotonic()
    found = list(run([slow, good()]))
    assert time.monotonic() - started < 2
    assert [(each.what, each.state) for each in found] == [("slow", State.FAILED), ("good", State.OK)]
    assert "no answer" in found[0].seen


def test_checks_that_run_apart_run_at_the_same_time() -> None:
    def wait(name: str) -> Check:
        return Check(name, lambda: [ok(name, str(time.sleep(0.3)))], apart=True)

    started = time.monotonic()
    assert len(list(run([wait(str(number)) for number in range(6)]))) == 6
    assert time.monotonic() - started < 1.5


def test_there_is_a_limit_for_everything_together() -> None:
    slow = Check("slow", lambda: time.sleep(5) or [], apart=True)
    started = time.monotonic()
    list(run([slow, slow], Clock(0.3)))
    assert time.monotonic() - started < 2


def test_after_a_failed_gate_the_rest_is_named_and_not_looked_at() -> None:
    gate = Check("gate", lambda: [failed("gate", "shut", "open it")], gate=True)
    found = list(run([gate, Check("behind", broken)]))
    assert [each.what for each in found] == ["gate", "the rest"]
    assert "behind" in found[1].seen


def test_a_secret_in_what_was_seen_is_hidden(settings: Any) -> None:
    settings.JIRA_WEBHOOK_API_KEY = [SECRET]
    found = list(run([Check("x", lambda: [failed("x", f"Jira said {SECRET}", f"not {SECRET}")])]))
    assert SECRET not in str(found)
    assert "***" in found[0].seen


def test_a_check_that_runs_apart_speaks_the_language_of_who_asks() -> None:
    seen = Check("x", lambda: [ok("x", translation.get_language())], apart=True)
    with translation.override("de"):
        assert [each.seen for each in run([seen])] == ["de"]


def test_the_command_ends_well_when_nothing_failed(sides: Any) -> None:
    sides(good(), Check("so so", lambda: [warning("so so", "hm", "look at it")]))
    out = StringIO()
    call_command("doctor", stdout=out)
    assert "look at it" in out.getvalue()
    assert "1 warnings" in out.getvalue()


def test_the_command_ends_with_1_when_something_failed(sides: Any) -> None:
    sides(good(), Check("bad", lambda: [failed("bad", "broken", "mend it")]))
    with pytest.raises(CommandError, match="1 of these failed") as end:
        call_command("doctor", stdout=StringIO())
    assert end.value.returncode == 1


def test_the_json_is_for_scripts(sides: Any) -> None:
    sides(good(), Check("bad", lambda: [failed("bad", "broken", "mend it")]))
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("doctor", "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert (answer["ok"], answer["failed"]) == (False, 1)
    assert answer["findings"][1] == {
        "side": "aws", "what": "bad", "state": "failed", "seen": "broken", "advice": "mend it",
    }  # fmt: skip


def test_a_side_that_does_not_exist_is_named(sides: Any) -> None:
    sides(good())
    with pytest.raises(CommandError, match="no side “asw”"):
        call_command("doctor", "asw", stdout=StringIO())


@pytest.mark.django_db
def test_only_the_named_side_is_looked_at() -> None:
    assert [side.name for side, _ in examination.examine(["queue"])] == ["queue"]
