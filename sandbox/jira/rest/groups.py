"""Groups and who is in them."""

from typing import Any

from flask import Blueprint, current_app, jsonify, request

from sandbox.jira import people
from sandbox.jira.desk import JiraError
from sandbox.jira.rest import me, page, shapes

routes = Blueprint("groups", __name__, url_prefix="/rest/api/<any('2','3'):version>/group")

GROUPS = {
    "cloud-governance": (people.GUS, people.GRETA),
    "account-approvers": (people.ANNA, people.GRETA),
    "nobody": (),
}


@routes.get("/member")
def members(version: str) -> Any:
    """One page of a group's members; needs the permission to browse users and groups."""
    if not me().is_agent:
        raise JiraError(403, "You are not authorized to perform this action. Administrator privileges are required.")
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
