"""Who may approve a request: never who asked for it, and only whom JIRA_APPROVERS and JIRA_APPROVER_GROUPS allow."""

from enum import StrEnum
from typing import Any

from django.conf import settings

from jira_bridge.jira import JiraNotFound, JiraUnauthorized, jira_client
from jira_bridge.snapshot import IssueSnapshot
from jira_bridge.values import Ids, ids_of, only
from vending.models import AccountRequest


class Objection(StrEnum):
    """Why an approval does not count."""

    OWN = "own"
    NOT_ALLOWED = "not_allowed"
    UNNAMED = "unnamed"
    NOT_GIVEN = "not_given"
    DECLINED = "declined"


SENTENCES = {
    Objection.OWN: "{person} asked for this account, and nobody approves their own request.",
    Objection.NOT_ALLOWED: "{person} is not among the people who may approve requests for accounts.",
    Objection.UNNAMED: "Jira does not say who approved it, and only certain people may.",
    Objection.NOT_GIVEN: "{person} moved the ticket, but its approval in Jira has not been given.",
    Objection.DECLINED: "{person} moved the ticket, but its approval in Jira was declined.",
}
"""For the record; what the ticket says stands in templates/jira."""


def objection(by: str, ids: Ids, snapshot: IssueSnapshot, request: AccountRequest | None) -> Objection | None:
    """Why this person's approval does not count; None if it does.

    Whom Jira does not name cannot be compared: such an approval counts only where everybody may approve.
    Raises JiraError when Jira is needed and does not answer, for instance who is in a group.
    """
    if ids & _requester(snapshot) or (request and request.requester and by.casefold() == request.requester.casefold()):
        return Objection.OWN
    if not (settings.JIRA_APPROVERS or settings.JIRA_APPROVER_GROUPS):
        return None
    if not ids:
        return Objection.UNNAMED
    if _is_listed(ids) or _is_in_a_group(ids):
        return None
    return Objection.NOT_ALLOWED


def is_the_portal(ids: Ids) -> bool:
    """Whether this is the user the portal works as."""
    return bool(settings.JIRA_BASE_URL and ids and ids & ids_of(jira_client().myself()))


def _requester(snapshot: IssueSnapshot) -> Ids:
    reporter: Any = only(snapshot.fields.get("reporter"))
    if not isinstance(reporter, dict) and settings.JIRA_BASE_URL and not snapshot.deleted:
        reporter = jira_client().issue(snapshot.key, ["reporter"]).get("fields", {}).get("reporter")
    return ids_of(reporter)


def _is_listed(ids: Ids) -> bool:
    listed = {name.strip().casefold() for name in settings.JIRA_APPROVERS}
    return any(value in listed for _kind, value in ids)


def _is_in_a_group(ids: Ids) -> bool:
    """Asks for the person's groups: they are few, and the members of one group may be thousands."""
    groups = settings.JIRA_APPROVER_GROUPS
    if not groups:
        return False
    theirs = _groups_of(ids)
    if theirs is None:
        return any(ids & ids_of(member) for group in groups for member in jira_client().group_members(group))
    if theirs & {group.casefold() for group in groups}:
        return True
    for group in groups:
        next(jira_client().group_members(group), None)  # raises where no such group is: a mistake of ours, not theirs
    return False


def _groups_of(ids: Ids) -> set[str] | None:
    """Names of the person's groups, in lower case as Jira compares them; None where Jira does not tell."""
    kind = "accountId" if settings.JIRA_FLAVOUR == "cloud" else "name"
    user = next((value for known_as, value in ids if known_as == kind), None)
    if user is None:
        return None
    try:
        found = jira_client().groups_of(user)
    except (JiraUnauthorized, JiraNotFound):
        return None  # reading the group may be allowed to us all the same, and says what is missing if it is not
    return None if found is None else {name.casefold() for name in found}
