"""Writes of compliance: look at accounts, and adopt accounts that exist already."""

import time
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from audit.services import Actor, record_event
from compliance.choices import FindingStatus
from compliance.models import AccountCheck, Finding
from taskqueue import clock
from taskqueue.queue import enqueue
from vending.aws import organizations
from vending.aws.errors import classify
from vending.aws.session import Clients, clients_from_settings
from vending.choices import AccountOrigin, AccountState
from vending.engine.context import Context, parse_parameters
from vending.engine.plan import chosen_steps
from vending.engine.step import Step
from vending.models import Account
from vending.selectors import baseline_of
from vending.steps import registry

COMPLIANCE = Actor.system("compliance")
EVERY = timedelta(hours=24)
AT_ONCE = 20
"""Accounts put into the queue in one round: checks must not crowd out vending."""
LOOKS_ON = 5.0
"""Real seconds after which a task begins no further look: the last one has the rest of the time a task may take."""
AGAIN = timedelta(minutes=10)
"""When a check that stood still is put into the queue again."""


def check_account(*, account_id: int) -> list[Finding]:
    """Look at one account with every control of its baseline, now, and write what was found, however long it takes."""
    account = Account.objects.select_related("request").get(pk=account_id)
    began = clock.now()
    clients = clients_from_settings().named(f"compliance-{account.account_id}")
    findings = [_check(account, name, parameters, clients) for name, parameters in _controls(account).items()]
    if findings:
        AccountCheck.objects.get_or_create(account=account, defaults={"due_at": began})
        older = Q(checked_at=None) | Q(checked_at__lt=began)
        AccountCheck.objects.filter(older, account=account).update(due_at=clock.now() + EVERY, checked_at=began)
    return findings


def go_on_checking(*, account_id: int) -> None:
    """Look with the controls that are left of the account's round, as far as one task may last.

    The rest follows in the next message. Each finding is written at once: a worker that dies takes one look with it.
    """
    until = time.monotonic() + LOOKS_ON
    round_ = AccountCheck.objects.select_related("account__request").get(account_id=account_id)
    account, mine = round_.account, AccountCheck.objects.filter(pk=round_.pk, checked_at=round_.checked_at)
    clients = clients_from_settings().named(f"compliance-{account.account_id}")
    left = _left(account, since=round_.checked_at or clock.now())
    for looked, (name, parameters) in enumerate(left.items()):
        if looked and time.monotonic() >= until:
            mine.update(due_at=clock.now() + AGAIN)
            enqueue("compliance.tasks.check", account_id)
            return
        _check(account, name, parameters, clients)
    mine.update(due_at=clock.now() + EVERY)


def _controls(account: Account) -> dict[str, dict[str, Any]]:
    """The controls of an account that is in use, with their parameters."""
    baseline = baseline_of(account)
    if baseline is None or account.state != AccountState.ACTIVE:
        return {}
    steps = chosen_steps(baseline, account.environment).items()
    return {name: dict(parameters) for name, parameters in steps if name in registry.BY_NAME}


def _left(account: Account, *, since: datetime) -> dict[str, dict[str, Any]]:
    """The controls that have not looked since then; what was looked at longest ago, or never, comes first."""
    looked = dict(Finding.objects.filter(account=account).values_list("control", "checked_at"))
    left = {name: each for name, each in _controls(account).items() if name not in looked or looked[name] < since}
    return dict(sorted(left.items(), key=lambda item: (item[0] in looked, looked.get(item[0], since))))


def _check(account: Account, control: str, parameters: dict[str, Any], clients: Clients) -> Finding:
    began = clock.now()
    return _write(account, control, *_look(registry.get(control), account, parameters, clients), began)


def _look(step: Step, account: Account, parameters: dict[str, object], clients: Clients) -> tuple[FindingStatus, str]:
    context = Context(
        request=account.request,
        account=account,
        parameters=parse_parameters(step, parameters),
        clients=clients,
    )
    try:
        seen = step.look(context)
    except LookupError as reason:
        return FindingStatus.NOT_APPLICABLE, str(reason)
    except Exception as error:  # noqa: BLE001 - whatever a look meets is the finding; one control never stops the others
        return FindingStatus.UNKNOWN, classify(error).sentence
    return (FindingStatus.COMPLIES if seen.ok else FindingStatus.DEVIATES), seen.evidence


@transaction.atomic
def _write(account: Account, control: str, status: FindingStatus, evidence: str, began: datetime) -> Finding:
    """`checked_at` is when the look began: what happened meanwhile, a repair for instance, is not in it.

    A look that others have overtaken is thrown away.
    """
    before = Finding.objects.select_for_update().filter(account=account, control=control).first()
    if before is not None and before.checked_at > began:
        return before
    changed = before is None or before.status != status
    finding, _ = Finding.objects.update_or_create(
        account=account,
        control=control,
        defaults={
            "status": status,
            "evidence": evidence,
            "checked_at": began,
            "since": began if before is None or changed else before.since,
        },
    )
    if changed and (status == FindingStatus.DEVIATES or before is not None):
        record_event(
            actor=COMPLIANCE, action=f"finding.{status.value}",
            summary=f"{registry.BY_NAME[control].title}: {evidence}", target_kind="account", target_id=account.pk,
            ticket=account.request.ticket if account.request else "", account_id=account.account_id,
            before={"status": before.status} if before else None, after={"status": status.value},
        )  # fmt: skip
    return finding


def adopt_accounts(*, actor: Actor) -> list[Account]:
    """Take every account of the organization that the portal does not know into its books; returns the new ones."""
    known = set(Account.objects.values_list("account_id", flat=True))
    adopted = []
    for found in organizations.list_accounts(clients_from_settings()):
        if found.id in known or found.state not in AccountState.values:
            continue
        with transaction.atomic():
            account = Account.objects.create(
                account_id=found.id, name=found.name, email=found.email.lower(), state=found.state,
                origin=AccountOrigin.ADOPTED, created_at=found.joined_at or clock.now(),
            )  # fmt: skip
            record_event(
                actor=actor, action="account.adopted", summary=f"Account {found.id} “{found.name}” was adopted.",
                target_kind="account", target_id=account.pk, account_id=found.id,
            )  # fmt: skip
        adopted.append(account)
    return adopted


@transaction.atomic
def end_findings(*, account: Account) -> int:
    """What is not active any more deviates from nothing; returns how many findings that ends."""
    ended = Finding.objects.filter(account=account).exclude(status=FindingStatus.NOT_APPLICABLE)
    now, why = clock.now(), f"The account is {account.get_state_display()}: it is not checked any more."
    count = ended.update(status=FindingStatus.NOT_APPLICABLE, evidence=why, checked_at=now, since=now)
    if count:
        record_event(
            actor=COMPLIANCE, action="finding.not_applicable", summary=f"{count} findings of {account.name} end. {why}",
            target_kind="account", target_id=account.pk, account_id=account.account_id,
        )  # fmt: skip
    return count


def sweep() -> int:
    """Enqueue the checks that are due; returns how many. Accounts that are being built are left alone."""
    now = clock.now()
    for account in Account.objects.exclude(state=AccountState.ACTIVE).filter(
        findings__status__in=[FindingStatus.COMPLIES, FindingStatus.DEVIATES, FindingStatus.UNKNOWN]
    ).distinct()[:AT_ONCE]:  # fmt: skip
        end_findings(account=account)
    settled = Account.objects.filter(state=AccountState.ACTIVE).exclude(
        ready_at__isnull=True, origin=AccountOrigin.VENDED
    )
    new = settled.filter(check_state__isnull=True).values_list("pk", flat=True)[:AT_ONCE]
    for pk in new:
        AccountCheck.objects.get_or_create(account_id=pk, defaults={"due_at": now})
    # a repair is believed only when a look says so
    repaired = AccountCheck.objects.filter(account__runs__finished_at__gt=F("checked_at"), account__in=settled)
    due = list(
        AccountCheck.objects.filter(Q(due_at__lte=now) | Q(pk__in=repaired), account__in=settled).values_list(
            "account_id", flat=True
        )[:AT_ONCE]
    )
    # the next round must not enqueue them again while they are being looked at
    AccountCheck.objects.filter(account__in=due).update(due_at=now + AGAIN, checked_at=now)
    for pk in due:
        enqueue("compliance.tasks.check", pk)
    return len(due)
