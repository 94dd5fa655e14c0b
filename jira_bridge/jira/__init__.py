"""Jira's REST interface, Cloud and Data Center alike."""

from functools import lru_cache

from django.conf import settings

from jira_bridge.jira.client import JiraClient
from jira_bridge.jira.comments import reference_line
from jira_bridge.jira.deadline import time_limit
from jira_bridge.jira.errors import (
    JiraError,
    JiraNotFound,
    JiraOutcomeUnknown,
    JiraRejected,
    JiraUnauthorized,
    JiraUnavailable,
)

__all__ = [
    "JiraClient",
    "JiraError",
    "JiraNotFound",
    "JiraOutcomeUnknown",
    "JiraRejected",
    "JiraUnauthorized",
    "JiraUnavailable",
    "jira_client",
    "reference_line",
    "time_limit",
]


def jira_client() -> JiraClient:
    """The client of the Jira named in the settings, one per process and setting."""
    return _client(settings.JIRA_BASE_URL, settings.JIRA_FLAVOUR, settings.JIRA_USER, settings.JIRA_API_TOKEN)


_client = lru_cache(maxsize=4)(JiraClient)
