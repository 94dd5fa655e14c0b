"""Who did something in Jira, where the delivery itself does not say."""

from django.conf import settings

from jira_bridge.jira import JiraNotFound, JiraUnauthorized, jira_client
from jira_bridge.values import plain_value


def who_moved(key: str, status: str) -> str:
    """Who last moved the ticket into this status, from its changelog; empty if it cannot be known.

    Raises JiraUnavailable when Jira does not answer: then the delivery is worked on again later.
    """
    if not settings.JIRA_BASE_URL:
        return ""
    try:
        changes = jira_client().status_changes(key)
    except (JiraNotFound, JiraUnauthorized):
        return ""  # a ticket we may not see still carries its approval; the record says that nobody is known
    moves = [change for change in changes if str(change["to"]).casefold() == status.casefold()]
    return str(plain_value(moves[-1]["author"]) or "") if moves else ""


def assignee_email(key: str) -> str:
    """The e-mail address of the ticket's assignee if Jira shows it; empty otherwise."""
    if not settings.JIRA_BASE_URL:
        return ""
    assignee = jira_client().issue(key, ["assignee"]).get("fields", {}).get("assignee") or {}
    address = assignee.get("emailAddress")
    if not address and assignee.get("accountId"):
        address = jira_client().user(assignee["accountId"]).get("emailAddress")
    return str(address or "")
