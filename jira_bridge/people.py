"""Who has to do with a ticket, where the delivery itself does not say."""

from django.conf import settings

from jira_bridge.jira import jira_client


def assignee_email(key: str) -> str:
    """The e-mail address of the ticket's assignee if Jira shows it; empty otherwise."""
    if not settings.JIRA_BASE_URL:
        return ""
    assignee = jira_client().issue(key, ["assignee"]).get("fields", {}).get("assignee") or {}
    address = assignee.get("emailAddress")
    if not address and assignee.get("accountId"):
        address = jira_client().user(assignee["accountId"]).get("emailAddress")
    return str(address or "")
