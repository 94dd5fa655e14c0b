"""What would fail, found before a person approves: the rules first, then the organization as it is now.

AWS is only asked, never changed. If it cannot be asked, the error goes to the caller, who tries again: a
check that did not happen is neither passed nor failed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from django.db.models import Q
from django.utils.translation import gettext_noop as _

from vending import rules
from vending.aws import organizations, ssm
from vending.aws.organizations import AccountSummary
from vending.aws.session import Clients
from vending.choices import EDITABLE, RequestStatus
from vending.content import FIELDS, RequestContent, as_json
from vending.models import Account, AccountRequest
from vending.sentences import Sentence

# Service Quotas: "Default maximum number of accounts" of AWS Organizations, which lives in one region only.
ACCOUNTS_QUOTA = ("organizations", "L-E619E033", "us-east-1")
_ORDER = {field.name: place for place, field in enumerate(FIELDS)}


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check: the field it is about (or account_quota), whether it passed, and a sentence for people."""

    field: str
    passed: bool
    sentence: Sentence


def check(content: RequestContent, clients: Clients, *, ticket: str) -> list[CheckResult]:
    """Every check of the ticket's content, in the order of the form.

    Raises what the AWS calls raise, and vending.aws.errors.Fault if a parameter is missing or unreadable.
    """
    faults = rules.faults(content)
    broken = {fault.field for fault in faults}
    results = [CheckResult(fault.field, False, fault.sentence) for fault in faults]
    # What breaks a rule need not be looked up.
    results += [found for found in _in_the_world(content, clients, ticket) if found.field not in broken]
    spoken_of = {result.field for result in results}
    results += [
        CheckResult(name, True, Sentence(_("It meets the rules.")))
        for name, value in as_json(content).items()
        if value and name not in spoken_of
    ]
    return sorted(results, key=lambda result: _ORDER.get(result.field, len(_ORDER)))


def _in_the_world(content: RequestContent, clients: Clients, ticket: str) -> Iterator[CheckResult]:
    accounts = organizations.list_accounts(clients)
    own = set(Account.objects.filter(request__ticket=ticket).values_list("account_id", flat=True))
    others = [account for account in accounts if account.id not in own]
    yield from _email(content, others, clients, ticket)
    yield from _name(content, others)
    yield from _organizational_unit(content, clients)
    yield from _stack_sets(content, clients)
    if len(others) == len(accounts):  # else the ticket has its account and needs no room for one
        yield from _room(len(accounts), clients)


def _email(
    content: RequestContent, others: list[AccountSummary], clients: Clients, ticket: str
) -> Iterator[CheckResult]:
    """AWS never gives an e-mail address to a second account, not even after the first was closed."""
    address = content.email
    taken = organizations.find_account_by_email(clients, address, among=others)
    known = Account.objects.filter(email__iexact=address).exclude(request__ticket=ticket).first()
    if taken:
        yield CheckResult("email", False, _used_by(address, taken.name, taken.id))
    elif known:  # AWS forgets closed accounts after a while, but not their addresses
        yield CheckResult("email", False, _used_by(address, known.name, known.account_id))
    elif other := _claimed_by(address, ticket):
        sentence = Sentence(
            _(
                "The ticket {other} asks for an account with the e-mail address {address} already. "
                "Choose another address, or settle that ticket first."
            ),
            other=other,
            address=address,
        )
        yield CheckResult("email", False, sentence)
    else:
        yield CheckResult("email", True, Sentence(_("No other account of the organization has this address.")))


def _used_by(address: str, name: str, account_id: str) -> Sentence:
    return Sentence(
        _(
            "The account “{name}” ({account_id}) uses the e-mail address {address}, and AWS never gives an "
            "address to a second account, even if the first is closed. Choose another address."
        ),
        name=name,
        account_id=account_id,
        address=address,
    )


def _claimed_by(address: str, ticket: str) -> str:
    """The ticket that asked for the address first, or has come further; empty if there is none.

    Of two that wait for approval the later one yields, so that they never block each other.
    """
    same = AccountRequest.objects.filter(email=address).exclude(
        status__in=(RequestStatus.DECLINED, RequestStatus.CANCELLED)
    )
    own = same.filter(ticket=ticket).first()
    rivals = same.exclude(ticket=ticket)
    if own is not None:
        rivals = rivals.filter(Q(pk__lt=own.pk) | ~Q(status__in=EDITABLE))
    return rivals.order_by("pk").values_list("ticket", flat=True).first() or ""


def _name(content: RequestContent, others: list[AccountSummary]) -> Iterator[CheckResult]:
    """AWS allows two accounts of one name; people mistake one for the other."""
    same = next((each for each in others if each.active and each.name == content.account_name), None)
    if same is None:
        yield CheckResult("account_name", True, Sentence(_("No other active account has this name.")))
        return
    sentence = Sentence(
        _("The active account {account_id} is named “{name}” already. Choose another name."),
        account_id=same.id,
        name=same.name,
    )
    yield CheckResult("account_name", False, sentence)


def _organizational_unit(content: RequestContent, clients: Clients) -> Iterator[CheckResult]:
    units = ssm.organizational_units(clients, ttl=0)
    name = content.organizational_unit
    if name not in units:
        sentence = Sentence(
            _("The organizational unit “{name}” is not on offer. Choose one of: {choices}."),
            name=name,
            choices=list(units),
        )
    elif units[name].startswith("ou-") and organizations.describe_ou(clients, units[name]) is None:
        sentence = Sentence(
            _(
                "The organizational unit “{name}” ({ou_id}) does not exist in AWS any more. "
                "Choose another one, or ask the cloud team to correct the parameter {parameter}."
            ),
            name=name,
            ou_id=units[name],
            parameter=ssm.ORGANIZATIONAL_UNITS,
        )
    else:
        yield CheckResult("organizational_unit", True, Sentence(_("The organizational unit exists.")))
        return
    yield CheckResult("organizational_unit", False, sentence)


def _stack_sets(content: RequestContent, clients: Clients) -> Iterator[CheckResult]:
    if not content.optional_stack_sets:
        return
    offered = ssm.optional_stack_sets(clients, ttl=0)
    unknown = [name for name in content.optional_stack_sets if name not in offered]
    if not unknown:
        yield CheckResult("optional_stack_sets", True, Sentence(_("All chosen stack sets are on offer.")))
        return
    choices = offered or Sentence(_("none (leave the field empty)"))
    sentence = Sentence(
        _("These stack sets are not on offer: {unknown}. Choose from: {choices}."),
        unknown=unknown,
        choices=choices,
    )
    yield CheckResult("optional_stack_sets", False, sentence)


def _room(count: int, clients: Clients) -> Iterator[CheckResult]:
    """Closed accounts count too until AWS forgets them."""
    quota = _accounts_quota(clients)
    if quota is None:
        sentence = Sentence(_("Whether the organization has room for another account cannot be known beforehand."))
        yield CheckResult("account_quota", True, sentence)
    elif count < quota:
        sentence = Sentence(_("The organization has {count} of at most {quota} accounts."), count=count, quota=quota)
        yield CheckResult("account_quota", True, sentence)
    else:
        sentence = Sentence(
            _(
                "The organization has {count} accounts, and AWS allows {quota}. Nothing is wrong with the "
                "request: the cloud team must first ask AWS for a higher quota (Service Quotas)."
            ),
            count=count,
            quota=quota,
        )
        yield CheckResult("account_quota", False, sentence)


def _accounts_quota(clients: Clients) -> int | None:
    """How many accounts the organization may have; None where Service Quotas cannot or may not tell.

    Its region may be out of reach and its permission missing: no reason to hold a request back.
    """
    service, quota, region = ACCOUNTS_QUOTA
    try:
        answer = clients.management("service-quotas", region, attempts=1).get_service_quota(
            ServiceCode=service, QuotaCode=quota
        )
    except (BotoCoreError, ClientError, ResponseParserError):
        return None
    return int(answer["Quota"]["Value"])
