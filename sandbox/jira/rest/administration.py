"""What administrators do over REST: fields with contexts and options, statuses of a project, personal tokens."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, current_app, jsonify

from sandbox.jira import fields, workflow
from sandbox.jira.desk import PROJECT, JiraError
from sandbox.jira.lacking import lacks
from sandbox.jira.rest import body, desk, me, page, shapes
from sandbox.jira.shapes import ISSUE_TYPE_ID, PROJECT_ID
from sandbox.jira.store import Doc

routes = Blueprint("administration", __name__)
VERSION = "/rest/api/<any('2','3'):version>"
FIRST_FIELD = 10200
OPTIONS = ("select", "radiobuttons", "multicheckboxes", "multiselect", "cascadingselect")
SEARCHERS = {
    "textfield": "textsearcher",
    "textarea": "textsearcher",
    "select": "multiselectsearcher",
    "radiobuttons": "multiselectsearcher",
    "multicheckboxes": "multiselectsearcher",
    "multiselect": "multiselectsearcher",
    "userpicker": "userpickergroupsearcher",
    "multiuserpicker": "userpickergroupsearcher",
    "float": "exactnumber",
    "datepicker": "daterange",
}
SCHEMAS = {"datepicker": ("date", None), "radiobuttons": ("option", None), "multiselect": ("array", "option")}


def administrators_only() -> None:
    if not me().is_administrator:
        raise JiraError(403, "You are not authorized to perform this operation. Administrator privileges are required.")


def created_fields() -> list[Doc]:
    """The fields that were made here, as GET /field shows them."""
    return [_shown(made) for made in desk().store.all("field")]


def _shown(made: Doc) -> Doc:
    kind = made["type"].removeprefix(fields.PREFIX)
    type_, items = SCHEMAS.get(kind) or fields.KINDS[kind][:2]
    number = FIRST_FIELD + made["id"]
    schema = {"type": type_, "custom": made["type"], "customId": number} | ({"items": items} if items else {})
    flags = {"custom": True, "orderable": True, "navigable": True, "searchable": bool(made["searcherKey"])}
    name = f"customfield_{number}"
    return {"id": name, "key": name, "name": made["name"], **flags, "schema": schema,
            "clauseNames": [f"cf[{number}]", made["name"]]}  # fmt: skip


@routes.post(f"{VERSION}/field")
def create_field(version: str) -> Any:
    administrators_only()
    given = body()
    kind = str(given.get("type", "")).removeprefix(fields.PREFIX)
    searcher = str(given.get("searcherKey", "")).removeprefix(fields.PREFIX)
    if not str(given.get("name", "")).strip():
        raise JiraError(400, errors={"name": "The name is required."})
    if kind not in SEARCHERS or not str(given["type"]).startswith(fields.PREFIX):
        raise JiraError(400, errors={"type": "A valid custom field type is required."})
    if searcher and searcher != SEARCHERS[kind]:
        raise JiraError(400, errors={"searcherKey": "The searcher is not valid for this type."})
    known = {name: given.get(name, "") for name in ("name", "description", "type", "searcherKey")}
    made = desk().store.add("field", known)
    if not lacks(desk().store, "contexts"):
        name = f"Default Configuration Scheme for {made['name']}"
        desk().store.add("context", {"name": name, "description": "", "global": True}, made["id"])
    return jsonify(_shown(made)), 201


def _made(field_id: str) -> Doc:
    """A field of ours by its Jira id; Cloud only. What the sandbox came with has one context, 1."""
    administrators_only()
    if current_app.config["FLAVOUR"] != "cloud":
        raise JiraError(404, "null for uri")
    made = next((made for made in desk().store.all("field") if _shown(made)["id"] == field_id), None)
    if made is None and field_id not in fields.BY_ID:
        raise JiraError(404, "The custom field was not found.")
    return made or {"id": 0, "type": fields.BY_ID[field_id].custom}


def _contexts(made: Doc) -> list[Doc]:
    if not made["id"]:
        return [{"id": 1, "name": "Default Configuration Scheme", "description": "", "global": True}]
    return desk().store.all("context", made["id"])


def _context(made: Doc, context_id: int) -> Doc:
    found = next((context for context in _contexts(made) if context["id"] == context_id), None)
    if found is None:
        raise JiraError(404, "The custom field context was not found.")
    return found


def _page(values: list[Doc]) -> Any:
    start, size = page()
    last = start + size >= len(values)
    shown = values[start : start + size]
    return jsonify(isLast=last, maxResults=size, startAt=start, total=len(values), values=shown)


@routes.get(f"{VERSION}/field/<field_id>/context")
def contexts(version: str, field_id: str) -> Any:
    return _page(
        [
            {"id": str(each["id"]), "name": each["name"], "description": each["description"],
             "isGlobalContext": each["global"], "isAnyIssueType": True}
            for each in _contexts(_made(field_id))
        ]
    )  # fmt: skip


@routes.post(f"{VERSION}/field/<field_id>/context")
def create_context(version: str, field_id: str) -> Any:
    made, given = _made(field_id), body()
    projects = [str(each) for each in given.get("projectIds") or []]
    if not given.get("name"):
        raise JiraError(400, "The name is required.")
    if any(project != PROJECT_ID for project in projects):
        raise JiraError(404, "A project was not found.")
    if any(each["global"] for each in _contexts(made)) and not projects:
        raise JiraError(409, "The field has a global context already.")
    context = {"name": given["name"], "description": given.get("description", ""), "global": not projects}
    kept = desk().store.add("context", context, made["id"])
    answer = {"id": str(kept["id"]), "name": kept["name"], "description": kept["description"]}
    return jsonify({**answer, "projectIds": projects, "issueTypeIds": given.get("issueTypeIds") or []}), 201


@routes.get(f"{VERSION}/field/<field_id>/context/<int:context_id>/option")
def options(version: str, field_id: str, context_id: int) -> Any:
    made = _made(field_id)
    _context(made, context_id)
    if not made["id"]:
        return _page([{"id": number, "value": value} for number, value in fields.BY_ID[field_id].options])
    return _page([_option(each) for each in desk().store.all("option", context_id)])


@routes.post(f"{VERSION}/field/<field_id>/context/<int:context_id>/option")
def create_options(version: str, field_id: str, context_id: int) -> Any:
    made = _made(field_id)
    _context(made, context_id)
    if not made["id"] or made["type"].removeprefix(fields.PREFIX) not in OPTIONS:
        raise JiraError(400, "The custom field does not take options here.")
    known = {each["value"] for each in desk().store.all("option", context_id)}
    values = [str(each.get("value", "")).strip() for each in body().get("options") or []]
    if not all(values) or known & set(values) or len(set(values)) != len(values):
        raise JiraError(400, "An option needs a value of its own.")
    kept = [desk().store.add("option", {"value": value, "disabled": False}, context_id) for value in values]
    return jsonify(options=[_option(each) for each in kept])


def _option(kept: Doc) -> Doc:
    return {"id": str(20000 + kept["id"]), "value": kept["value"], "disabled": kept["disabled"]}


@routes.get(f"{VERSION}/project/<key>/statuses")
def statuses(version: str, key: str) -> Any:
    if key not in (PROJECT, PROJECT_ID):
        raise JiraError(404, f"No project could be found with key '{key}'.")
    shape = shapes(version)
    found = [each for each in workflow.STATUSES if not lacks(desk().store, f"status:{each.name}")]
    kind = {name: shape.issue_type()[name] for name in ("self", "id", "name", "subtask")}
    return jsonify([{**kind, "id": ISSUE_TYPE_ID, "statuses": [shape.status(each.id) for each in found]}])


@routes.get("/rest/pat/latest/tokens")
def personal_tokens() -> Any:
    """Data Center: the caller's own personal access tokens, never their values."""
    if current_app.config["FLAVOUR"] != "datacenter":
        raise JiraError(404, "null for uri")
    now = datetime.now(UTC)
    days = int(desk().store.setting("token_days", "200"))
    return jsonify(
        [
            {"id": 1, "name": "account vending", "createdAt": (now - timedelta(days=30)).isoformat(),
             "lastAccessedAt": now.isoformat(), "expiringAt": (now + timedelta(days=days)).isoformat()}
        ]
    )  # fmt: skip
