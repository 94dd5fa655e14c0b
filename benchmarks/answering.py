"""Real steps with an AWS that answers at once: through the engine, and in a plain loop that calls the same steps."""

import os
import time
from collections.abc import Iterator
from typing import Any

from django.db import transaction

from benchmarks.engine import use_baseline
from benchmarks.processes import cpu_seconds
from benchmarks.report import Report, Row
from benchmarks.world import Part, World

STEPS = ("account_alias", "alternate_contacts", "password_policy", "s3_public_access", "tags")
AT_ONCE = {
    "rates": False, "creations_in_flight": 10_000, "creation_least": 0.0, "creation_median": 0.01,
    "creation_most": 0.02, "unreliable": 0.0,
}  # fmt: skip


def run(world: World, report: Report, accounts: int) -> None:
    """So many accounts by the loop, as many by the engine, and again by the loop."""
    with world.part() as part:
        part.start_aws(1.0, 1)
        part.aws_settings(AT_ONCE)
        os.environ["AWS_ENDPOINT_URL"] = part.aws_url  # the loop calls AWS from this process
        worker = part.start_worker()
        made = _accounts(part, 2 * accounts)
        use_baseline(list(STEPS))
        half = accounts // 2
        loop = [_loop("L1", [next(made) for _ in range(half)])]
        used = -cpu_seconds(worker.process.pid)
        engine = _engine("ENG", [next(made) for _ in range(accounts)])
        used += cpu_seconds(worker.process.pid)
        loop.append(_loop("L2", [next(made) for _ in range(half)]))
    plain = sum(loop) / len(loop)
    report.add(
        f"4. {len(STEPS)} real steps for each of {accounts} accounts, with an AWS that answers at once",
        [
            Row("steps a second, beside a plain loop over the same steps", f"{engine:.0f}", f"{plain:.0f}",
                f"{engine / plain:.2f}", "≥ 0.5"),
            Row("processor for an account, the whole worker host", f"{used / accounts:.2f} s"),
        ],
        "The plain loop is one process: look, act, look again, one committed event a step; no run, no lease, no retry.",
        "Half of its accounts come before the engine, half after. AWS is the sandbox without limits and waits.",
    )  # fmt: skip


def _accounts(part: Part, count: int) -> Iterator[str]:
    """The ids of so many new accounts."""
    import boto3

    client = boto3.client("organizations", endpoint_url=part.aws_url, region_name="eu-central-1")
    asked = [
        client.create_account(AccountName=f"Bench {number}", Email=f"answer-{number}@example.com")
        for number in range(count)
    ]
    time.sleep(1)
    for each in asked:
        status = client.describe_create_account_status(CreateAccountRequestId=each["CreateAccountStatus"]["Id"])
        yield status["CreateAccountStatus"]["AccountId"]


def _requested(ticket: str, account_id: str) -> tuple[Any, Any]:
    from taskqueue import clock
    from vending.choices import AccountOrigin, RequestStatus
    from vending.models import Account, AccountRequest

    now = clock.now()
    request = AccountRequest.objects.create(
        ticket=ticket, status=RequestStatus.APPROVED, content_hash="0" * 64, received_at=now, changed_at=now,
        approved_at=now, account_name=f"Bench {ticket}", email=f"{ticket}@example.com", owner="o@example.com",
        organizational_unit="Production", environment="production", cost_center="1",
    )  # fmt: skip
    for kind in ("security", "operations", "billing"):
        request.contacts.create(kind=kind, name="C", title="C", email=f"{kind}@example.com", phone="+49 30 1")
    account = Account.objects.create(
        account_id=account_id, name=request.account_name, email=request.email, request=request,
        origin=AccountOrigin.VENDED, created_at=now,
    )  # fmt: skip
    return request, account


def _engine(prefix: str, ids: list[str]) -> float:
    from audit.services import Actor
    from benchmarks.requests import last_ready
    from taskqueue import clock
    from vending.models import Run
    from vending.services import start_run

    with transaction.atomic():
        for number, account_id in enumerate(ids):
            request, account = _requested(f"{prefix}-{number}", account_id)
            started = start_run(request=request, actor=Actor.system("benchmark"))
            Run.objects.filter(pk=started.pk).update(account=account)
        began = clock.now()
    return len(ids) * len(STEPS) / (last_ready(len(ids), 600) - began).total_seconds()


def _loop(prefix: str, ids: list[str]) -> float:
    from audit.models import Event
    from taskqueue import clock
    from vending.aws.session import clients_from_settings
    from vending.engine.advance import look_and_act
    from vending.engine.context import Context
    from vending.steps import registry

    pairs = [_requested(f"{prefix}-{number}", account_id) for number, account_id in enumerate(ids)]
    steps = [registry.get(name) for name in STEPS]
    began = time.monotonic()
    for request, account in pairs:
        for step in steps:
            result = look_and_act(step, Context(request, account, step.Parameters(), clients_from_settings()))
            Event.objects.create(
                at=clock.now(), actor_kind="system", actor="loop", action="step.succeeded", summary=result.seen,
                target_kind="step", target_id=account.pk,
            )  # fmt: skip
    return len(ids) * len(STEPS) / (time.monotonic() - began)
