"""Findings, read by all who may and edited by nobody."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from audit.admin.columns import coloured
from audit.admin.filters import RecentValuesFilter
from audit.admin.operations import Fact, Operation
from audit.admin.record import RecordAdmin, link_to
from audit.services import Actor
from compliance.choices import FindingStatus
from compliance.models import Finding
from compliance.repairs import repair_account
from compliance.searching import findings_found
from vending.admin.accounts import AccountAdmin
from vending.choices import AccountState
from vending.models import Account
from vending.sentences import in_language
from vending.services import NotAllowed
from vending.steps import registry


@admin.register(Finding)
class FindingAdmin(RecordAdmin):
    list_display = ("control", "coloured_status", "account_link", "evidence", "since")
    list_filter = ("status", ("control", RecentValuesFilter), "account__environment")
    list_select_related = ("account",)
    search = staticmethod(findings_found)
    search_fields = ("=account__account_id", "account__name", "control", "evidence")
    search_help_text = _("Account id, name, e-mail, cost center or owner, or the control")
    fields = ("control", "coloured_status", "account_link", "evidence", "since", "checked_at")
    readonly_fields = ("coloured_status", "account_link")
    coloured_status = coloured(FindingStatus)

    @admin.display(description=_("account"), ordering="account")
    def account_link(self, finding: Finding) -> str:
        return link_to(finding.account)


def _repair(account: Account, actor: Actor, reason: str) -> None:
    repair_account(account=account, reason=reason, actor=actor)


def _deviates(account: Account) -> bool:
    if account.state != AccountState.ACTIVE or account.request_id is None:
        return False
    return any(finding.status == FindingStatus.DEVIATES for finding in account.findings.all())


def _deviations(account: Account) -> list[Fact]:
    deviating = [finding for finding in account.findings.all() if finding.status == FindingStatus.DEVIATES]
    return [(_title(finding.control), finding.evidence) for finding in deviating]


def _title(control: str) -> str:
    step = registry.BY_NAME.get(control)
    return in_language(step.title) if step else control


REPAIR = Operation(
    name="repair",
    label=_("Repair"),
    question=_("Run the steps whose check found a deviation. Each looks first and changes only what is not as wanted."),
    done=_("The repair has begun; its run is below."),
    permission="vending.repair_account",
    offered=_deviates,
    perform=_repair,
    refusal=NotAllowed,
    facts=_deviations,
    asks_reason=True,
)
# vending knows nothing of findings, so the button comes to its page from here
AccountAdmin.operations = (REPAIR, *AccountAdmin.operations)
