"""The Jira that is set up: the client of an administrator, the project, and what the portal knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jira_bridge.choices import RequestField
from jira_bridge.jira.administration import JiraAdministration
from jira_bridge.jira.errors import JiraNotFound
from jira_bridge.models import AcceptedType, FieldMapping
from jira_bridge.setup import place
from jira_bridge.setup.choices import Choices, choices
from jira_bridge.setup.place import Place
from jira_bridge.setup.wanted import ADMINISTER, REQUEST_TYPE

Json = dict[str, Any]


class NoProject(Exception):
    """The project cannot be set up as it stands; the text says why and what to do."""


@dataclass(frozen=True)
class Site:
    """Everything that is read before the first piece is looked at."""

    client: JiraAdministration
    place: Place
    project: Json
    me: Json
    administrator: bool
    fields: list[Json]
    mapped: Mapping[RequestField, str]
    choices: Choices
    choices_unknown: str

    @property
    def cloud(self) -> bool:
        return self.client.flavour == "cloud"


def read(client: JiraAdministration, project_key: str) -> Site:
    """Raises JiraError, and NoProject where there is no such service project."""
    names = (*AcceptedType.objects.values_list("name", flat=True), REQUEST_TYPE)
    found = place.find(client, names, project_key)
    if found is None:
        raise NoProject(
            f"There is no service project {project_key} that this user sees. Create it in Jira (Projects, Create "
            "project, a template of Jira Service Management), or give the user the role Service Desk Team in it."
        )
    try:
        project = client.project(found.project_key)
    except JiraNotFound as absent:
        raise NoProject(f"The project {project_key} is not visible to this user.") from absent
    offered, unknown = choices()
    return Site(
        client=client,
        place=found,
        project=project,
        me=client.myself(),
        administrator=client.permissions([ADMINISTER])[ADMINISTER],
        fields=client.fields(),
        mapped={RequestField(row.field): row.jira_id for row in FieldMapping.objects.all()},
        choices=offered,
        choices_unknown=unknown,
    )
