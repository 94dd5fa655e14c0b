"""What no interface of Jira can do: the rest, by hand, in order."""

from collections.abc import Iterator

from jira_bridge.setup.site import Site
from jira_bridge.setup.wanted import FIELDS, GROUP, REQUEST_TYPE
from jira_bridge.setup.ways_in import address


def lines(site: Site) -> Iterator[str]:
    key = site.place.project_key
    if not any(group["name"] == GROUP for group in site.place.groups):
        yield f"{key}, project settings, Request types, Portal groups: add the group “{GROUP}”."
    if GROUP not in site.place.group_names:
        yield f"There, put the request type “{REQUEST_TYPE}” into that group; without one nobody sees it in the portal."
    yield "Put the fields onto the project's screens (Jira settings, Screens), then onto the form (Request types):"
    for wanted in FIELDS:
        required = "required" if wanted.required else "optional"
        yield f"    {wanted.name} ({required}). {wanted.help}"
    yield "The workflow: give the portal's own user the transitions that docs/jira.md lists, without screens."
    yield "Map what was made: manage.py fields discover --apply; then the statuses, in the admin or by a file."
    yield f"Where no rule was made: import the file of --rule-file and paste the key. They send to {address()}."
    yield "Switch the rules on (project settings, Automation), file a test ticket, look at Webhooks received."
    yield "manage.py doctor jira"
