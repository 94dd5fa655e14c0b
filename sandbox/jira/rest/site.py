"""Who am I, what is this, what may I do."""

from typing import Any

from flask import Blueprint, current_app, jsonify, request

from sandbox.jira import people
from sandbox.jira.desk import JiraError, now
from sandbox.jira.lacking import lacks
from sandbox.jira.rest import desk, me, page, shapes
from sandbox.jira.rest.groups import names_of
from sandbox.jira.shapes import SERVICE_DESK_ID, jira_time

routes = Blueprint("site", __name__)

ADMINISTRATION = ("ADMINISTER", "SYSTEM_ADMIN", "ADMINISTER_PROJECTS")
CLOUD_ID = "5f2c8f6e-3f6a-4f0e-9a51-7d1b6a3c9e10"


@routes.get("/_edge/tenant_info")
def tenant_info() -> Any:
    return jsonify(cloudId=CLOUD_ID)


@routes.get("/rest/api/<any('2','3','latest'):version>/myself")
def myself(version: str) -> Any:
    person = shapes(version).person(me().account_id) or {}
    return jsonify({**person, "emailAddress": me().email, "locale": "en_US"})


@routes.get("/rest/api/<any('2','3'):version>/serverInfo")
def server_info(version: str) -> Any:
    cloud = current_app.config["FLAVOUR"] == "cloud"
    return jsonify(
        baseUrl=current_app.config["BASE_URL"],
        version="1001.0.0-SNAPSHOT" if cloud else "10.3.2",
        versionNumbers=[1001, 0, 0] if cloud else [10, 3, 2],
        deploymentType="Cloud" if cloud else "Server",
        buildNumber=100300,
        serverTime=jira_time(now()),
        serverTitle="Sandbox Jira",
    )


@routes.get("/rest/api/<any('2','3'):version>/mypermissions")
def my_permissions(version: str) -> Any:
    """Cloud demands the list of permissions to look at; agents and the bot have all but administration."""
    store = desk().store
    wanted = [name for name in request.args.get("permissions", "").split(",") if name]
    if not wanted and current_app.config["FLAVOUR"] == "cloud":
        raise JiraError(400, "The 'permissions' query parameter is required.")
    wanted = wanted or ["BROWSE_PROJECTS", "ADD_COMMENTS", "EDIT_ISSUES", "TRANSITION_ISSUES", "ADMINISTER"]
    granted = {
        name: {
            "id": str(number),
            "key": name,
            "name": name.replace("_", " ").capitalize(),
            "type": "GLOBAL" if name == "ADMINISTER" else "PROJECT",
            "description": "",
            "havePermission": me().is_agent
            and (me().is_administrator or name not in ADMINISTRATION)
            and not lacks(store, f"permission:{name}"),
        }
        for number, name in enumerate(wanted, 10)
    }
    return jsonify(permissions=granted)


@routes.get("/rest/api/<any('2','3'):version>/user")
def user(version: str) -> Any:
    handle = request.args.get("accountId") or request.args.get("username") or request.args.get("key")
    person = people.find(handle)
    if not person or "@" in (handle or ""):
        raise JiraError(404, "Specified user does not exist or you do not have required permissions")
    shape = shapes(version).person(person.account_id) or {}
    if "groups" in request.args.get("expand", "").split(","):
        groups = names_of(person)
        shape = {**shape, "groups": {"size": len(groups), "items": groups}}
    return jsonify(shape)


@routes.get("/rest/api/<any('2','3'):version>/user/search")
def user_search(version: str) -> Any:
    text = request.args.get("query") or request.args.get("username") or ""
    account_id = request.args.get("accountId")
    found = [people.BY_ID[account_id]] if account_id in people.BY_ID else people.search(text)
    start, size = page()
    return jsonify([shapes(version).person(person.account_id) for person in found[start : start + size]])


@routes.get("/rest/api/<any('2','3'):version>/project/<key>")
def project(version: str, key: str) -> Any:
    shape = shapes(version).project()
    if key not in (shape["key"], shape["id"]):
        raise JiraError(404, f"No project could be found with key '{key}'.")
    types = [] if lacks(desk().store, "issue type") else [shapes(version).issue_type()]
    return jsonify({**shape, "issueTypes": types, "serviceDeskId": SERVICE_DESK_ID})
