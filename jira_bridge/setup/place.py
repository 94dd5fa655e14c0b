"""Where in Jira the requests come from: the service project and its request type."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from jira_bridge.jira.administration import JiraAdministration
from jira_bridge.jira.errors import JiraNotFound, JiraUnauthorized

Json = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """A service project, and the request type of it that asks for accounts, where there is one."""

    desk_id: str
    project_id: str
    project_key: str
    request_type: Json | None = None
    groups: list[Json] = field(default_factory=list)

    @property
    def group_names(self) -> list[str]:
        """The portal groups that the request type stands in."""
        own = {str(each) for each in (self.request_type or {}).get("groupIds") or ()}
        return [str(group["name"]) for group in self.groups if str(group["id"]) in own]


def find(client: JiraAdministration, names: Iterable[str], project: str = "") -> Place | None:
    """The service project with a request type of one of these names, whatever their case; with `project` that one.

    None where there is no such project, or no service project at all. Raises JiraUnavailable, JiraRejected.
    """
    wanted = {name.casefold() for name in names}
    for desk in _desks(client):
        if project and desk["projectKey"] != project:
            continue
        types = client.request_types(str(desk["id"]))
        found = next((each for each in types if str(each["name"]).casefold() in wanted), None)
        if found or project:
            return Place(
                str(desk["id"]), str(desk["projectId"]), str(desk["projectKey"]), found,
                client.request_type_groups(str(desk["id"])),
            )  # fmt: skip
    return None


def _desks(client: JiraAdministration) -> list[Json]:
    """None where Service Management is not installed, or its projects are hidden from the user."""
    try:
        return client.service_desks()
    except (JiraNotFound, JiraUnauthorized):
        return []
