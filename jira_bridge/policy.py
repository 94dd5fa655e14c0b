"""Who may approve a request: never who asked for it, and only whom JIRA_APPROVERS and JIRA_APPROVER_GROUPS allow."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from jira_bridge.jira import jira_client
from jira_bridge.snapshot import IssueSnapshot
from jira_bridge.values import Ids, ids_of, only
from vending.models import AccountRequest


def objection(by: str, ids: Ids, snapshot: IssueSnapshot, request: AccountRequest | None) -> str:
    """Why this person's approval does not count, in one sentence; empty if it does.

    Whom Jira does not name cannot be compared: such an approval counts only where everybody may approve.
    Raises JiraError when Jira is needed and does not answer, for instance who is in a group.
    """
    if ids & _requester(snapshot) or (request and request.requester and by.casefold() == request.requester.casefold()):
        return _("%(person)s asked for this account, and nobody approves their own request.") % {"person": by}
    if not (settings.JIRA_APPROVERS or settings.JIRA_APPROVER_GROUPS):
        return ""
    if not ids:
        return _("Jira does not say who approved it, and only certain people may.")
    if _is_listed(ids) or _is_in_a_group(ids):
        return ""
    return _("%(person)s is not among the people who may approve requests for accounts.") % {"person": by}


def _requester(snapshot: IssueSnapshot) -> Ids:
    reporter: Any = only(snapshot.fields.get("reporter"))
    if not isinstance(reporter, dict) and settings.JIRA_BASE_URL and not snapshot.deleted:
        reporter = jira_client().issue(snapshot.key, ["reporter"]).get("fields", {}).get("reporter")
    return ids_of(reporter)


def _is_listed(ids: Ids) -> bool:
    listed = {name.strip().casefold() for name in settings.JIRA_APPROVERS}
    return any(value in listed for _kind, value in ids)


def _is_in_a_group(ids: Ids) -> bool:
    members = (member for group in settings.JIRA_APPROVER_GROUPS for member in jira_client().group_members(group))
    return any(ids & ids_of(member) for member in members)
