"""A ticket in the sandbox Jira, an account vended for it, and what Jira then shows of it."""

import httpx

from audit.models import Event
from audit.services import Actor, record_event
from tests.vending.people import approve, ask_for
from vending.models import Run

BROWSER = httpx.Client(trust_env=False)
"""One for all calls: each new one reads the certificates of all authorities."""
ME = ("vending-bot@example.com", "sandbox-token")
FORM = {
    "as": "rita@example.com",
    "customfield_10101": "Payments",
    "customfield_10102": "payments@example.com",
    "customfield_10103": "Production",
    "customfield_10104": "production",
    "customfield_10105": "4711",
    "customfield_10106": "otto@example.com",
    "customfield_10108": "Card payments",
}


def new_ticket(jira) -> str:
    answer = BROWSER.post(f"{jira.url}/portal/create", headers={"Accept": "application/json"}, data=FORM)
    return answer.json()["key"]


def vend(key, drain) -> Run:
    """An account for the ticket, to the end of its run."""
    request = ask_for(key)
    drain()
    approve(request)
    drain()
    return Run.objects.get(request=request)


def event(ticket, action, run_id=None, **details) -> Event:
    return record_event(
        actor=Actor.system("test"), action=action, summary="Something happened.", target_kind="request", target_id=1,
        ticket=ticket, run_id=run_id, **details,
    )  # fmt: skip


def shown(jira, key):
    """The ticket as the sandbox keeps it."""
    issues = BROWSER.get(f"{jira.url}/sandbox/state").json()["issues"]
    return next(issue for issue in issues if issue["key"] == key)


def comments(jira, key):
    answer = BROWSER.get(f"{jira.url}/rest/api/2/issue/{key}/comment", auth=ME)
    return [comment["body"] for comment in answer.json()["comments"]]


def status(jira, key):
    return BROWSER.get(f"{jira.url}/rest/api/2/issue/{key}", auth=ME).json()["fields"]["status"]["name"]


def fault(jira, **settings):
    assert BROWSER.post(f"{jira.url}/sandbox/faults", json=settings).status_code == 201
