"""The native webhook, signed with the portal's secret."""

from collections.abc import Iterator

from django.conf import settings

from jira_bridge.jira.errors import JiraError, JiraUnauthorized
from jira_bridge.setup.piece import Piece, blocked, differs, missing, there
from jira_bridge.setup.site import Site
from jira_bridge.setup.wanted import EVENTS, WEBHOOK
from jira_bridge.setup.ways_in import address, webhooks_to_us

NAME = f"webhook “{WEBHOOK}”"


def pieces(site: Site) -> Iterator[Piece]:
    """A secret can be written and never read: a webhook that is there is not touched, whatever its secret is."""
    if not settings.JIRA_WEBHOOK_SECRET:
        yield blocked(NAME, "JIRA_WEBHOOK_SECRET is not set; or use Automation alone")
        return
    try:
        found = webhooks_to_us(site.client)
    except JiraUnauthorized:
        yield blocked(NAME, "only an administrator of Jira may see and make webhooks")
        return
    except JiraError as problem:
        yield blocked(NAME, str(problem))
        return
    if not found:
        said = [address(), f"events {', '.join(EVENTS)}", f"issues of {site.place.project_key}", "a secret"]
        yield missing(NAME, lambda: _make(site), *said)
        return
    for each in found:
        lacking = [f"+ {event}" for event in EVENTS if event not in (each.get("events") or ())]
        lacking += ["enabled"] if each.get("enabled") is False else []
        lacking += ["a secret"] if each.get("isSigned") is False else []
        own = f"“{each.get('name')}” to {address()}"
        yield differs(NAME, own, *lacking) if lacking else there(NAME, own)


def _make(site: Site) -> str:
    made = site.client.create_webhook(
        {
            "name": WEBHOOK,
            "url": address(),
            "events": list(EVENTS),
            "filters": {"issue-related-events-section": f"project = {site.place.project_key}"},
            "excludeBody": False,
            "secret": settings.JIRA_WEBHOOK_SECRET[0],
        }
    )
    return str(made.get("self", "made"))
