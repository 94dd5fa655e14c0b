"""What a step gets to work with."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from vending.aws.session import Clients
from vending.engine import lease
from vending.engine.step import StepParameters
from vending.models import Account, AccountRequest, Run, StepRun


@dataclass
class Context:
    """One attempt of one step: the request, the account if there is one, the parameters and AWS.

    `run`, `step_run` and `held_lease` are None when compliance looks at an account outside any run.
    """

    request: AccountRequest | None
    account: Account | None
    parameters: Any
    clients: Clients
    run: Run | None = None
    step_run: StepRun | None = None
    held_lease: UUID | None = None
    todo: list[str] = field(default_factory=list)
    """What the last look found to be done; an act takes from it."""

    @property
    def account_id(self) -> str:
        """The AWS account id. Raises LookupError where there is none: going on without is never right."""
        if self.account is None:
            raise LookupError("This step needs an AWS account, and the run has none yet.")
        return self.account.account_id

    @property
    def wanted(self) -> AccountRequest:
        """The request. Raises LookupError for an adopted account, which nobody asked for here."""
        if self.request is None:
            raise LookupError("This account was adopted: there is no request that says what it should be.")
        return self.request

    @property
    def own_row(self) -> StepRun:
        """The step's own row. Raises LookupError outside a run."""
        if self.step_run is None:
            raise LookupError("There is no run here; only looking is possible.")
        return self.step_run

    @property
    def handle(self) -> str:
        """What AWS calls the operation this step started earlier; empty if none."""
        return self.step_run.handle if self.step_run else ""

    def remember(self, handle: str) -> None:
        """Store the handle at once, in its own transaction, before anything else happens."""
        lease.update(self.own_row, self.held_lease, handle=handle)

    def intend(self) -> bool:
        """Write down, committed, that a call without idempotency token comes next.

        Returns False when an earlier attempt had written it already: its call may have reached AWS.
        """
        row = self.own_row
        if row.intended_at is not None:
            return False
        from taskqueue import clock

        lease.update(row, self.held_lease, intended_at=clock.now())
        return True


def parse_parameters(step: Any, stored: dict[str, Any]) -> StepParameters:
    """The stored parameters as the step's own type. Raises pydantic.ValidationError."""
    parsed: StepParameters = step.Parameters(**stored)
    return parsed
