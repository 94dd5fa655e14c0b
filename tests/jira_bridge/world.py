"""What people do in the sandbox Jira, and how the portal hears of it, or does not."""

from typing import Any

import httpx

from jira_bridge import sweep
from jira_bridge.models import Sweep
from sandbox.jira import people
from sandbox.jira.desk import Desk
from sandbox.jira.server import SandboxJira

BOT = ("vending-bot@example.com", "sandbox-token")
FORM = {
    "customfield_10101": "Payments",
    "customfield_10102": "payments@example.com",
    "customfield_10103": "Production",
    "customfield_10104": "production",
    "customfield_10105": "4711",
    "customfield_10106": "otto@example.com",
    "customfield_10107": "anna@example.com",
    "customfield_10108": "Card payments",
}


def file_ticket(jira: SandboxJira, **fields: Any) -> str:
    """Rita asks for an account; returns the ticket's key."""
    answer = httpx.post(
        f"{jira.url}/portal/create", headers={"Accept": "application/json"},
        data={"as": "rita@example.com", **FORM, **fields},
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    key: str = answer.json()["key"]
    return key


def as_it_stands(jira: SandboxJira, key: str) -> dict[str, Any]:
    """What Automation would send of the ticket now."""
    issue: dict[str, Any] = httpx.get(f"{jira.url}/rest/api/2/issue/{key}", auth=BOT).json()
    return issue


def status(jira: SandboxJira, key: str) -> str:
    name: str = as_it_stands(jira, key)["fields"]["status"]["name"]
    return name


def move(jira: SandboxJira, key: str, to: str, who: people.Person = people.GUS) -> None:
    jira.desk.transition(who, _issue(jira.desk, key), to)


def edit(jira: SandboxJira, key: str, **values: Any) -> None:
    jira.desk.edit(people.GUS, _issue(jira.desk, key), values)


def answer_approval(jira: SandboxJira, key: str, who: people.Person, decision: str) -> None:
    issue = _issue(jira.desk, key)
    pending = jira.desk.pending_approval(issue)
    assert pending
    jira.desk.approve(who, issue, pending["id"], decision)


def delete(jira: SandboxJira, key: str) -> None:
    jira.store.delete("issue", _issue(jira.desk, key)["id"])


def comments(jira: SandboxJira, key: str) -> list[str]:
    answer = httpx.get(f"{jira.url}/rest/api/2/issue/{key}/comment", auth=BOT)
    return [comment["body"] for comment in answer.json()["comments"]]


def sweep_now() -> Sweep:
    """One sweep from beginning to end, whenever the last one was."""
    Sweep.objects.update(started_at=None)
    assert sweep.start() == 1
    sweep.sweep(1)
    return Sweep.objects.get()


def _issue(desk: Desk, key: str) -> dict[str, Any]:
    return desk.issue(key, people.BOT)
