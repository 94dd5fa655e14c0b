"""Groups and who is in them."""

from typing import Any

from flask import Blueprint, current_app, jsonify, request

from sandbox.jira import people
from sandbox.jira.desk import JiraError
from sandbox.jira.lacking import lacks
from sandbox.jira.rest import desk, me, page, shapes

routes = Blueprint("groups", __name__, url_prefix="/rest/api/<any('2','3'):version>")

GROUPS = {
    "cloud-governance": (people.GUS, people.GRETA),
    "account-approvers": (people.ANNA, people.GRETA),
    "nobody": (),
}


def names_of(person: people.Person) -> list[dict[str, str]]:
    """The groups of a person, as Jira lists them beside a user."""
    api = f"{current_app.config['BASE_URL']}/rest/api/2/group?groupname="
    return [{"name": name, "self": api + name} for name, members in GROUPS.items() if person in members]


def may_browse() -> None:
    """The permission to browse users and groups, which agents have. Raises a 403."""
    if not me().is_agent or lacks(desk().store, "permission:USER_PICKER"):
        raise JiraError(403, "You are not authorized to perform this action. Administrator privileges are required.")


@routes.get("/user/groups")
def groups_of_a_user(version: str) -> Any:
    """The groups of a user, by account id alone. Cloud only."""
    if current_app.config["FLAVOUR"] != "cloud":
        raise JiraError(404, f"null for uri: {request.path}")
    may_browse()
    account_id = request.args.get("accountId")
    if not account_id:
        raise JiraError(400, "The 'accountId' query parameter is required.")
    if account_id not in people.BY_ID:
        raise JiraError(404, "Specified user does not exist or you do not have required permissions")
    return jsonify([{**group, "groupId": f"id-{group['name']}"} for group in names_of(people.BY_ID[account_id])])


@routes.get("/group/member")
def members(version: str) -> Any:
    """One page of a group's members; needs the permission to browse users and groups."""
    may_browse()
    name = request.args.get("groupname") or ""
    if name not in GROUPS:
        raise JiraError(404, f"The group named '{name}' does not exist.")
    everyone = GROUPS[name]
    start, size = page(50, 50)
    shown = [shapes(version).person(person.account_id) for person in everyone[start : start + size]]
    self_url = f"{current_app.config['BASE_URL']}{request.full_path}"
    last = start + size >= len(everyone)
    found = {"maxResults": size, "startAt": start, "total": len(everyone), "isLast": last, "values": shown}
    return jsonify({"self": self_url, **found})
