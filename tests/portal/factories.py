"""A small world for the pages: requests in several states, a run in the middle, an account, events."""

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Group, User

from audit.choices import DeliveryStatus
from audit.models import Delivery, Event
from audit.services import Actor, record_event
from taskqueue import clock
from vending.choices import AccountOrigin, Decision, Outcome, RecipeName, RequestStatus, RunStatus, StepStatus
from vending.models import (
    Account,
    AccountRequest,
    Approval,
    AwsCallRecord,
    Baseline,
    PreflightResult,
    Run,
    StepAttempt,
    StepRun,
)

STEPS = [
    ("create_account", "Create the account", []),
    ("account_ready", "Wait until the account is ready", ["create_account"]),
    ("organizational_unit", "Move it to its organizational unit", ["account_ready"]),
    ("tags", "Set its tags", ["account_ready"]),
    ("default_stack_sets", "Deploy the default stack sets", ["organizational_unit", "tags"]),
]


def person(name: str, group: str = "", *, superuser: bool = False) -> User:
    user = User.objects.create(username=name, is_staff=True, is_superuser=superuser)
    user.set_password("a long password for tests")
    user.save()
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


def request(number: int, status: RequestStatus = RequestStatus.AWAITING_APPROVAL, **values: Any) -> AccountRequest:
    now = clock.now()
    content = {
        "ticket": f"AVM-{number}",
        "account_name": f"payments-dev-{number}",
        "email": f"aws+payments-{number}@example.com",
        "organizational_unit": "Workloads/Dev",
        "environment": "dev",
        "cost_center": f"CC-{1000 + number}",
        "owner": "olga.owner@example.com",
        "approvers": ["anna.approver@example.com"],
        "purpose": "Development of the payment service.",
        "monthly_budget": Decimal("250.00"),
        "requester": "rita.requester@example.com",
        "raw": {"account_name": f"  Payments-dev-{number} ", "email": f"AWS+Payments-{number}@Example.com"},
        "content_hash": f"{number:064x}",
        "received_at": now - timedelta(hours=3),
        "changed_at": now - timedelta(hours=2),
    }
    return AccountRequest.objects.create(status=status, **content | values)


def approve(row: AccountRequest) -> Approval:
    return Approval.objects.create(
        request=row,
        decision=Decision.APPROVED,
        decided_by="gus.gas@example.com",
        decided_at=clock.now() - timedelta(hours=1),
        content_hash=row.content_hash,
        content={"account_name": row.account_name},
        source="transition to In Progress",
    )


def baseline() -> Baseline:
    found = Baseline.objects.first()
    return found or Baseline.objects.create(version=1, note="First", created_at=clock.now(), created_by="lead")


def account(row: AccountRequest | None, number: int) -> Account:
    return Account.objects.create(
        account_id=f"{210000000000 + number}",
        name=row.account_name if row else f"adopted-{number}",
        email=row.email if row else f"adopted-{number}@example.com",
        origin=AccountOrigin.VENDED if row else AccountOrigin.ADOPTED,
        request=row,
        organizational_unit="Workloads/Dev",
        environment="dev",
        cost_center=f"CC-{1000 + number}",
        owner="olga.owner@example.com",
        created_at=clock.now() - timedelta(minutes=40),
        ready_at=clock.now() - timedelta(minutes=36),
    )


def run(row: AccountRequest, states: list[StepStatus], status: RunStatus, of: Account | None = None) -> Run:
    """A run whose steps stand as given, in the order of STEPS; each begun step has an attempt and a call."""
    made = Run.objects.create(
        request=row,
        account=of,
        baseline=baseline(),
        recipe=RecipeName.VEND,
        status=status,
        approved_at=clock.now(),
        started_at=clock.now() - timedelta(minutes=5),
        finished_at=clock.now() if status == RunStatus.SUCCEEDED else None,
    )
    for position, ((name, title, needs), state) in enumerate(zip(STEPS, states, strict=True)):
        _step(made, position, name, title, needs, state)
    record_event(
        actor=Actor.jira("gus.gas"), action="run.started", summary=f"Vending {row.account_name} has begun.",
        target_kind="run", target_id=made.pk, ticket=row.ticket, run_id=made.pk,
        account_id=of.account_id if of else "",
    )  # fmt: skip
    return made


def _step(made: Run, position: int, name: str, title: str, needs: list[str], state: StepStatus) -> StepRun:
    begun = state != StepStatus.BLOCKED
    now = clock.now()
    step = StepRun.objects.create(
        run=made, step=name, title=title, position=position, needs=needs, status=state, attempt=int(begun),
        started_at=now - timedelta(minutes=4) if begun else None,
        finished_at=now if state in (StepStatus.SUCCEEDED, StepStatus.FAILED) else None,
        due_at=now + timedelta(seconds=30) if state == StepStatus.WAITING else None,
        waiting_for="AWS has not finished: CREATE is in progress." if state == StepStatus.WAITING else "",
        evidence="It is as desired." if state == StepStatus.SUCCEEDED else "",
        problem="AWS refuses the tag “cost-center”. Correct its value in the ticket, then retry."
        if state == StepStatus.FAILED
        else "",
        problem_code="InvalidInputException" if state == StepStatus.FAILED else "",
        problem_detail="InvalidInputException when calling TagResource" if state == StepStatus.FAILED else "",
        lease=uuid.uuid4() if state == StepStatus.RUNNING else None,
        lease_until=now + timedelta(seconds=40) if state == StepStatus.RUNNING else None,
    )  # fmt: skip
    if begun:
        attempt = StepAttempt.objects.create(
            step_run=step, number=1, lease=uuid.uuid4(), worker="worker-1", outcome=Outcome.DONE,
            seen="There was no such account.", did="Asked AWS for it.", started_at=now,
        )  # fmt: skip
        AwsCallRecord.objects.create(
            attempt=attempt, service="organizations", operation="CreateAccount", account_id="100000000001",
            region="us-east-1", request_id=str(uuid.uuid4()), http_status=200, mutating=True, duration_ms=213,
            at=now, error_code="InvalidInputException" if state == StepStatus.FAILED else "",
        )  # fmt: skip
    return step


def delivery(event: Event, status: DeliveryStatus = DeliveryStatus.FAILED) -> Delivery:
    """The delivery of the event to the ticket, in that state; the event may have laid one already."""
    values = {
        "stream": event.ticket,
        "status": status,
        "attempt": 30,
        "due_at": clock.now(),
        "problem": "Jira answers 503. Given up after 30 attempts." if status == DeliveryStatus.FAILED else "",
        "receipt": "comment 10042" if status == DeliveryStatus.SENT else "",
    }
    row, _ = Delivery.objects.update_or_create(event=event, subscriber="ticket", defaults=values)
    return row


def world() -> None:
    """Something on every page."""
    done, failed, wait, blocked = (
        StepStatus.SUCCEEDED,
        StepStatus.FAILED,
        StepStatus.WAITING,
        StepStatus.BLOCKED,
    )
    ready = request(1, RequestStatus.READY)
    approve(ready)
    vended = account(ready, 1)
    run(ready, [done] * 5, RunStatus.SUCCEEDED, vended)
    delivery(Event.objects.get(ticket="AVM-1"), DeliveryStatus.SENT)
    broken = request(2, RequestStatus.FAILED)
    approve(broken)
    run(broken, [done, done, done, failed, blocked], RunStatus.FAILED, account(broken, 2))
    delivery(Event.objects.get(ticket="AVM-2"))
    going = request(3, RequestStatus.VENDING)
    approve(going)
    run(going, [done, done, StepStatus.RUNNING, wait, blocked], RunStatus.RUNNING, account(going, 3))
    request(4)
    wrong = request(5, RequestStatus.TO_CORRECT, account_name="Größe", email="x" * 60 + "@example.com")
    PreflightResult.objects.create(
        request=wrong, content_hash=wrong.content_hash, field="email", passed=False, checked_at=clock.now(),
        sentence="The e-mail has 72 characters; AWS takes at most 64. Choose a shorter one.",
    )  # fmt: skip
    PreflightResult.objects.create(
        request=wrong,
        content_hash=wrong.content_hash,
        field="cost_center",
        passed=True,
        checked_at=clock.now(),
    )
    account(None, 9)
