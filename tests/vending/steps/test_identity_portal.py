"""The roles of an account in the identity-management system, by whole runs of the step against the sandbox."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from pydantic import ValidationError

from audit.models import Event
from sandbox.identity import seed
from sandbox.identity.server import SandboxIdentity
from taskqueue import clock
from tests.vending.engine.world import GAS, run_of
from vending.aws.errors import Fault
from vending.aws.session import clients_from_settings
from vending.baselines.document import read
from vending.choices import AccountOrigin, Outcome, RunStatus, StepStatus
from vending.engine import sweeper
from vending.engine.context import Context
from vending.identity.configured import client_from_settings
from vending.identity.oneim_client import OneImClient
from vending.models import Account, AwsCallRecord, Run, StepAttempt, StepRun
from vending.services import retry_run
from vending.steps import registry
from vending.steps.identity_portal import PublishRoles

WAY = [
    "POST /api/entity/AERole", "POST /api/assignments/PersonInAERole/UID_AERole", "POST /api/entity/AccProduct",
    "PUT /api/entity/AccProduct", "POST /api/entity/ADSGroup", "PUT /api/entity/ADSGroup",
    "POST /api/entity/ITShopOrgHasADSGroup",
]  # fmt: skip
"""The changes that publish one role, without uids."""


@pytest.fixture(scope="module")
def running() -> Iterator[SandboxIdentity]:
    with SandboxIdentity() as server:
        yield server


@pytest.fixture
def identity(running: SandboxIdentity, settings: Any) -> Iterator[SandboxIdentity]:
    running.reset()
    settings.IDENTITY_PORTAL_URL = running.url
    settings.IDENTITY_PORTAL_USER = running.user
    settings.IDENTITY_PORTAL_PASSWORD = running.password
    client_from_settings.cache_clear()
    yield running
    client_from_settings.cache_clear()


def plan(
    identity: SandboxIdentity, number: int = 1, approvers: Any = ("otto@example.com", "anna"), **parameters: Any
) -> Run:
    """A run of this one step on an account of its own, not begun."""
    run = run_of(PublishRoles, ticket=f"AVM-{number}")
    account = Account.objects.create(
        account_id=f"{111122220000 + number}", name="Payments", email=f"p{number}@example.com",
        origin=AccountOrigin.VENDED, request=run.request, created_at=clock.now(),
    )  # fmt: skip
    run.request.approvers = list(approvers)
    run.request.save()
    Run.objects.filter(pk=run.pk).update(account=account)
    given = {"roles": ["Admin"], **identity.step_parameters(), **parameters}
    StepRun.objects.filter(run=run).update(parameters=given)
    return run


def row_of(run: Run) -> StepRun:
    return StepRun.objects.get(run=run)


def changes(identity: SandboxIdentity) -> list[str]:
    """The changes without uids: the table of an entity, the assignment table and its column."""
    return ["/".join(change.split("/")[: 4 if "/entity/" in change else 5]) for change in identity.world.changes]


def owners(identity: SandboxIdentity, account_id: str, role: str = "Admin") -> set[str]:
    store = identity.world.store
    [group] = store.select("AERole", "Ident_AERole = @n", {"n": f"AWS-{account_id}-{role} owners"})
    members = store.select("PersonInAERole", "UID_AERole = @r", {"r": group["UID_AERole"]})
    return {each["UID_Person"] for each in members}


BOTH = {seed.person_uid("otto"), seed.person_uid("anna")}


@pytest.mark.django_db
def test_every_role_is_on_the_shelf_with_its_approvers(identity, drain):
    run = plan(identity, roles=["Admin", "ReadOnly"])
    drain()
    row = row_of(run)
    assert (row.status, row.problem) == (StepStatus.SUCCEEDED, "")
    assert row.evidence == (
        "Can be ordered: AWS-111122220001-Admin, AWS-111122220001-ReadOnly. "
        "Orders are approved by otto@example.com, anna."
    )
    assert changes(identity) == WAY * 2
    assert owners(identity, "111122220001") == owners(identity, "111122220001", "ReadOnly") == BOTH
    [item, _] = identity.world.store.select("AccProduct")
    assert (item["UID_AccProductGroup"], item["UID_PWODecisionMethod"]) == (seed.CATEGORY, seed.POLICY_ANY)
    attempt = StepAttempt.objects.get(step_run=row)
    assert "Made otto@example.com, anna the approvers of AWS-111122220001-Admin." in attempt.did


@pytest.mark.django_db
def test_the_calls_stand_in_the_record_of_the_attempt_without_uids_and_secrets(identity, drain):
    run = plan(identity)
    drain()
    calls = AwsCallRecord.objects.filter(attempt__step_run__run=run, service="identity-portal")
    made = list(calls.filter(mutating=True).order_by("id").values_list("operation", "http_status"))
    assert ("POST entity/AERole", 200) in made
    assert ("POST assignments/PersonInAERole/UID_AERole", 200) in [(name, 200) for name, _ in made]
    assert "POST auth/apphost" in calls.filter(mutating=False).values_list("operation", flat=True)
    assert not [call for call in calls if identity.password in str(vars(call)) or "SBX-" in call.operation]


@pytest.mark.django_db
def test_without_approvers_on_the_ticket_its_owner_approves(identity, drain):
    run = plan(identity, approvers=[])
    drain()
    assert row_of(run).status == StepStatus.SUCCEEDED
    assert owners(identity, "111122220001") == {seed.person_uid("otto")}


@pytest.mark.django_db
def test_what_was_published_before_is_adopted_without_a_change(identity, drain):
    run = plan(identity)
    drain()
    assert changes(identity) == WAY
    again = run_of(PublishRoles, ticket="AVM-2")
    again.request.approvers = ["otto@example.com", "anna"]
    again.request.save()
    Run.objects.filter(pk=again.pk).update(account=Account.objects.get())
    StepRun.objects.filter(run=again).update(parameters=row_of(run).parameters)
    drain()
    assert row_of(again).status == StepStatus.SUCCEEDED
    assert changes(identity) == WAY


@pytest.mark.django_db
def test_approvers_that_are_computed_late_are_waited_for_and_not_assigned_again(identity, drain):
    identity.world.lag = 4
    run = plan(identity)
    drain()
    row = row_of(run)
    assert row.status == StepStatus.SUCCEEDED
    outcomes = list(StepAttempt.objects.filter(step_run=row).order_by("number").values_list("outcome", flat=True))
    assert outcomes[0] == Outcome.WAITING
    assert outcomes[-1] == Outcome.DONE
    assert Outcome.TRANSIENT not in outcomes
    assert owners(identity, "111122220001") == BOTH
    assert len(identity.world.store.select("PersonInAERole")) == 2


@pytest.mark.django_db
def test_a_group_that_another_system_makes_is_waited_for(identity, drain, settings):
    settings.TIME_SCALE = 1.0
    run = plan(identity, group_parent="")
    drain()
    row = row_of(run)
    assert row.status == StepStatus.WAITING
    assert row.waiting_for == "Waiting for the group AWS-111122220001-Admin, which another system makes."
    identity.world.store.insert(
        "ADSGroup", {"cn": "AWS-111122220001-Admin", "UID_ADSContainer": seed.PARENTS["ADSGroup"]}
    )
    settings.TIME_SCALE = 0.0
    come_back(drain)
    assert row_of(run).status == StepStatus.SUCCEEDED
    assert "POST /api/entity/ADSGroup" not in changes(identity)


@pytest.mark.django_db
def test_an_attempt_hands_over_before_its_lease_ends(identity, drain, monkeypatch):
    run = plan(identity)
    monkeypatch.setattr("vending.steps.identity_portal.ENOUGH_LEASE", timedelta(minutes=5))
    with pytest.raises(AssertionError, match="circles"):
        drain(limit=3)
    assert changes(identity) == []
    assert "goes on from here" in row_of(run).waiting_for


@pytest.mark.django_db
@pytest.mark.parametrize("fault", [
    {"kind": "status", "status": 503}, {"kind": "drop_request"}, {"kind": "drop_answer"},
    {"kind": "status", "status": 500, "number": 810017}, {"kind": "status", "status": 401},
])  # fmt: skip
def test_a_fault_that_passes_does_not_fail_the_step(identity, drain, fault):
    identity.world.faults.order(method="POST", path_contains="/api/entity/AccProduct", **fault)
    run = plan(identity)
    drain()
    assert row_of(run).status == StepStatus.SUCCEEDED
    assert changes(identity) == WAY
    assert identity.world.faults.listed() == []


@pytest.mark.django_db
def test_a_refusal_of_the_server_fails_the_step_and_a_retry_goes_on(identity, drain):
    identity.world.faults.order(
        kind="status", status=500, number=810305, message="Not allowed", method="PUT", path_contains="AccProduct"
    )
    run = plan(identity)
    drain()
    row = row_of(run)
    assert (row.status, row.problem_code) == (StepStatus.FAILED, "810305")
    assert "Not allowed" in row.problem_detail
    retry_run(run=run, actor=GAS)
    drain()
    assert row_of(run).status == StepStatus.SUCCEEDED
    assert changes(identity) == WAY


@pytest.mark.django_db
def test_approvers_who_left_or_never_were_are_named_all_at_once_and_nothing_is_published(identity, drain):
    run = plan(identity, approvers=["otto@example.com", "lena@example.com", "x' or '1'='1"])
    drain()
    row = row_of(run)
    assert (row.status, row.problem_code) == (StepStatus.FAILED, "NoSuchApprover")
    assert "“lena@example.com”, “x' or '1'='1”" in row.problem
    assert "otto" not in row.problem
    assert changes(identity) == []


@pytest.mark.django_db
def test_a_baseline_that_lacks_the_shop_fails_with_what_it_lacks(identity, drain):
    run = plan(identity, shelf="", category="")
    drain()
    row = row_of(run)
    assert row.status == StepStatus.FAILED
    assert "category, shelf" in row.problem


@pytest.mark.django_db
def test_an_installation_without_identity_portal_says_so(identity, drain, settings):
    settings.IDENTITY_PORTAL_URL = ""
    run = plan(identity)
    drain()
    assert "IDENTITY_PORTAL_URL" in row_of(run).problem


@pytest.mark.django_db
def test_the_password_is_in_no_row(identity, drain):
    identity.world.faults.order(
        kind="status", number=1, message=f"no {identity.password}", method="POST", path_contains="AERole"
    )
    run = plan(identity)
    drain()
    assert row_of(run).status == StepStatus.FAILED
    rows = [*StepRun.objects.values(), *StepAttempt.objects.values(), *Event.objects.values()]
    assert "no ***" in str(rows)
    assert identity.password not in str(rows)


@pytest.mark.django_db
def test_compliance_sees_an_approver_who_has_left_since(identity, drain):
    run = plan(identity)
    drain()
    run.refresh_from_db()
    parameters = PublishRoles.Parameters(roles=["Admin"], **identity.step_parameters())
    context = Context(run.request, run.account, parameters, clients_from_settings())
    assert PublishRoles().look(context).ok
    identity.world.store.update("Person", seed.person_uid("anna"), {"IsInActive": True})
    with pytest.raises(Fault, match="“anna”"):
        PublishRoles().look(context)


def test_the_default_baseline_names_the_step_and_leaves_it_off():
    document = read(Path(registry.__file__).parents[1].joinpath("baselines/default.yaml").read_text())
    assert document.steps["identity_portal"].enabled is False


@pytest.mark.parametrize("role", ["", "R" * 48, "A'dmin", "Admin; drop", "-Admin", "Ädmin", "Admin\n"])
def test_a_role_name_that_is_no_part_of_a_group_name_is_refused(role):
    with pytest.raises(ValidationError):
        PublishRoles.Parameters(roles=[role])


class Death(BaseException):
    """The process is gone: nothing of the product catches this."""


class Boundaries:
    """Before and after each commit and each change in the identity-management system; one of them is fatal."""

    def __init__(self, patch: pytest.MonkeyPatch, fatal: int) -> None:
        self.fatal, self.passed, self.where = fatal, 0, ""
        commit, send = DatabaseWrapper._commit, OneImClient._send

        def fatal_commit(wrapper: Any) -> Any:
            self.reach("before a commit")
            result = commit(wrapper)
            self.reach("after a commit")
            return result

        def fatal_send(client: OneImClient, method: str, path: str, **arguments: Any) -> Any:
            if method == "GET":
                return send(client, method, path, **arguments)
            self.reach(f"before {method} {path}")
            result = send(client, method, path, **arguments)
            self.reach(f"after {method} {path}")
            return result

        patch.setattr(DatabaseWrapper, "_commit", fatal_commit)
        patch.setattr(OneImClient, "_send", fatal_send)

    def reach(self, where: str) -> None:
        self.passed += 1
        if self.passed == self.fatal:
            self.where = where
            connection.close()  # what was not committed is gone
            raise Death(where)


def come_back(drain: Any) -> None:
    """Time passes until leases and timers are over, and another worker takes up what is due."""
    past = clock.now() - timedelta(hours=1)
    StepRun.objects.filter(status=StepStatus.RUNNING).update(lease_until=past)
    StepRun.objects.filter(status__in=[StepStatus.READY, StepStatus.WAITING]).update(due_at=past)
    sweeper.sweep()
    drain()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("stride", [4, pytest.param(1, marks=pytest.mark.slow)])
def test_a_death_at_each_boundary_leaves_one_of_each(identity, drain, stride):
    number, where = 0, "start"
    while where:
        number += stride
        identity.reset()
        run = plan(identity, number)
        with pytest.MonkeyPatch.context() as patch:
            boundaries = Boundaries(patch, number)
            with suppress(Death):
                drain()
        where = boundaries.where
        come_back(drain)
        row = row_of(run)
        assert row.status == StepStatus.SUCCEEDED, (where, row.problem)
        assert Run.objects.get(pk=run.pk).status == RunStatus.SUCCEEDED, where
        assert Counter(changes(identity)) == Counter(WAY), where
        assert owners(identity, f"{111122220000 + number}") == BOTH, where
    assert number > 2 * len(WAY) + 4, "fewer boundaries than changes: the deaths were not met"
