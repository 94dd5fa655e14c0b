"""Writes of compliance: look at accounts, and adopt accounts that exist already."""

from datetime import timedelta

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


def check_account(*, account_id: int) -> list[Finding]:
    """Look at one account with every control of its baseline and write what was found."""
    account = Account.objects.select_related("request").get(pk=account_id)
    baseline = baseline_of(account)
    if baseline is None or account.state != AccountState.ACTIVE:
        return []
    clients = clients_from_settings().named(f"compliance-{account.account_id}")
    looked = [
        (name, *_look(registry.get(name), account, dict(parameters), clients))
        for name, parameters in chosen_steps(baseline, account.environment).items()
        if name in registry.BY_NAME
    ]
    return [_write(account, *found) for found in looked]


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
def _write(account: Account, control: str, status: FindingStatus, evidence: str) -> Finding:
    now = clock.now()
    before = Finding.objects.filter(account=account, control=control).first()
    changed = before is None or before.status != status
    finding, _ = Finding.objects.update_or_create(
        account=account,
        control=control,
        defaults={
            "status": status,
            "evidence": evidence,
            "checked_at": now,
            "since": now if before is None or changed else before.since,
        },
    )
    AccountCheck.objects.update_or_create(account=account, defaults={"due_at": now + EVERY, "checked_at": now})
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
    AccountCheck.objects.filter(account__in=due).update(due_at=now + timedelta(minutes=10), checked_at=now)
    for pk in due:
        enqueue("compliance.tasks.check", pk)
    return len(due)
