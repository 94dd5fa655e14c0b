"""A ready account in the sandbox, and single steps of a run on it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sandbox.aws.server import SandboxAws
from taskqueue import clock
from taskqueue.queue import enqueue
from vending.aws import organizations
from vending.aws.session import clients_from_settings
from vending.choices import AccountOrigin, RecipeName, RequestStatus
from vending.engine.context import Context
from vending.engine.plan import write_plan
from vending.engine.step import Step, StepParameters
from vending.models import Account, AccountRequest, AwsCallRecord, Baseline, BaselineStep, Run, StepRun

WISH: dict[str, Any] = {
    "account_name": "Payments", "email": "payments@example.com", "organizational_unit": "Production",
    "environment": "production", "cost_center": "4711", "owner": "otto@example.com",
}  # fmt: skip


class ReadyAccount:
    """An account made directly in the sandbox, a day old: what AWS refuses now, it means."""

    def __init__(self, aws: SandboxAws, drain: Callable[..., int], **wish: Any) -> None:
        self.aws, self.drain, self.clients = aws, drain, clients_from_settings()
        now = clock.now()
        self.request = AccountRequest.objects.create(
            ticket="AVM-1", status=RequestStatus.VENDING, content_hash="0" * 64, received_at=now,
            changed_at=now, approved_at=now, **{**WISH, **wish},
        )  # fmt: skip
        self.row = Account.objects.create(
            account_id=self._create(), name=self.request.account_name, email=self.request.email,
            origin=AccountOrigin.VENDED, request=self.request, created_at=now - timedelta(days=1),
        )  # fmt: skip

    def _create(self) -> str:
        started = organizations.start_account_creation(
            self.clients, name=self.request.account_name, email=self.request.email,
            role_name="OrganizationAccountAccessRole", tags={}, iam_billing=True,
        )  # fmt: skip
        status = organizations.creation_status(self.clients, started.request_id)
        assert status is not None
        assert status.account_id, status
        return status.account_id

    @property
    def id(self) -> str:
        return self.row.account_id

    def client(self, service: str, region: str | None = None) -> Any:
        """A boto3 client inside the account: how a test sees and sets up the world."""
        return self.clients.member(self.id, service, region)

    def context(self, parameters: StepParameters) -> Context:
        """What a look gets outside any run."""
        return Context(self.request, self.row, parameters, self.clients)

    def plan(self, step: type[Step], **parameters: Any) -> StepRun:
        """A run of this one step, not begun."""
        baseline = Baseline.objects.create(
            version=Baseline.objects.count() + 100, created_at=clock.now(), created_by="test"
        )
        BaselineStep.objects.create(baseline=baseline, step=step.name, parameters=parameters)
        run = Run.objects.create(
            request=self.request, account=self.row, baseline=baseline, recipe=RecipeName.VEND,
            approved_at=clock.now(), started_at=clock.now(),
        )  # fmt: skip
        [row] = write_plan(run)
        return row

    def run(self, step: type[Step], **parameters: Any) -> StepRun:
        """The step, run by the engine until nothing is left to do."""
        row = self.plan(step, **parameters)
        enqueue("vending.tasks.advance", row.pk)
        self.drain()
        row.refresh_from_db()
        return row


def struck(aws: SandboxAws) -> bool:
    """Whether every fault that the test planted was really met."""
    return all(fault["hits"] for fault in aws.control.world.faults.as_list())


def operations(row: StepRun) -> list[str]:
    """All calls a step made, in order."""
    calls = AwsCallRecord.objects.filter(attempt__step_run=row)
    return list(calls.order_by("id").values_list("operation", flat=True))


def changes(row: StepRun) -> list[str]:
    """The mutating calls a step made, in order."""
    calls = AwsCallRecord.objects.filter(attempt__step_run=row, mutating=True)
    return list(calls.order_by("id").values_list("operation", flat=True))
