"""The request type of the service project, based on an issue type of the project."""

from collections.abc import Iterator

from jira_bridge.jira.errors import JiraRejected
from jira_bridge.setup.piece import Piece, blocked, differs, missing, there
from jira_bridge.setup.site import Site
from jira_bridge.setup.wanted import GROUP, REQUEST_TYPE

DESCRIPTION = "Ask for an AWS account. It is created as soon as the request is approved."
HELP = "Choose a name and a mailbox that are new to AWS; the checks answer in the ticket within a minute."


def pieces(site: Site, issue_type: str) -> Iterator[Piece]:
    types = {str(each["name"]).casefold(): each for each in site.project.get("issueTypes", ())}
    kind = types.get(issue_type.casefold())
    name = f"issue type “{issue_type}”"
    if kind:
        yield there(name, f"id {kind['id']}")
    else:
        seen = ", ".join(str(each["name"]) for each in types.values()) or "none"
        yield blocked(name, f"the project has: {seen}. Add it (project settings, Issue types), or give --issue-type")
    yield _request_type(site, str(kind["id"]) if kind else "")


def _request_type(site: Site, issue_type_id: str) -> Piece:
    found, name = site.place.request_type, f"request type “{REQUEST_TYPE}”"
    if found:
        own = f"“{found['name']}”, id {found['id']}"
        if issue_type_id and str(found.get("issueTypeId", issue_type_id)) != issue_type_id:
            return differs(name, f"{own}, of issue type {found['issueTypeId']}", f"issue type {issue_type_id}")
        return there(name, own)
    if not issue_type_id:
        return blocked(name, "it needs the issue type first")
    said = [f"in {site.place.project_key}, of issue type {issue_type_id}", f"group “{GROUP}” and form: by hand, below"]
    return missing(name, lambda: _make(site, issue_type_id), *said)


def _make(site: Site, issue_type_id: str) -> str:
    given = {"name": REQUEST_TYPE, "description": DESCRIPTION, "helpText": HELP, "issueTypeId": issue_type_id}
    made = site.client.create_request_type(site.place.desk_id, given)
    if str(made.get("name")) != REQUEST_TYPE:
        raise JiraRejected("the request type", 200, ("Jira made something else",))
    return f"id {made['id']}"
