"""The ways in that Jira has for the portal: native webhooks and Automation rules that lead to its address."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from jira_bridge.jira.administration import JiraAdministration
from jira_bridge.setup.wanted import WEBHOOK_PATH

Json = dict[str, Any]
RULES_READ = 60
"""A rule's address is read rule by rule: of a site with more, only those named after the portal."""


def address() -> str:
    """Where Jira sends to."""
    return f"{settings.PORTAL_BASE_URL}{WEBHOOK_PATH}"


@dataclass(frozen=True)
class Rule:
    """An Automation rule that sends to the portal."""

    uuid: str
    name: str
    enabled: bool
    content: Json


def webhooks_to_us(client: JiraAdministration) -> list[Json]:
    """The native webhooks with our address. Raises JiraUnauthorized for who is no administrator."""
    return [each for each in client.webhooks() if str(each.get("url", "")).rstrip("/") == address()]


def rules_to_us(client: JiraAdministration) -> list[Rule]:
    """The rules that send to our address. Cloud only; raises JiraUnauthorized for who is no administrator."""
    summaries = client.rules()
    if len(summaries) > RULES_READ:
        summaries = [each for each in summaries if "vending" in str(each.get("name", "")).casefold()][:RULES_READ]
    found = []
    for summary in summaries:
        content = client.rule(str(summary["uuid"]))
        if address() in sent_to(content):
            found.append(Rule(str(summary["uuid"]), str(summary["name"]), summary.get("state") == "ENABLED", content))
    return found


def sent_to(rule: Json) -> set[str]:
    """The addresses that a rule's web requests go to, in all branches."""
    found: set[str] = set()
    for component in rule.get("components") or ():
        value = component.get("value")
        if component.get("type") == "jira.issue.outgoing.webhook" and isinstance(value, dict):
            found.add(str(value.get("url", "")).rstrip("/"))
        found |= sent_to({"components": component.get("children") or ()})
    return found


def triggers(rules: list[Rule]) -> set[str]:
    """What sets them off, without the common beginning: created, updated, transitioned."""
    return {str((rule.content.get("trigger") or {}).get("type", "")).rpartition(":")[2] for rule in rules}
