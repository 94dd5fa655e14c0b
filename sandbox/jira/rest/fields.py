"""Field descriptions: all fields, those of an issue, those of the create screen."""

from typing import Any

from flask import Blueprint, jsonify, request

from sandbox.jira import fields
from sandbox.jira.desk import PROJECT, JiraError
from sandbox.jira.lacking import lacks
from sandbox.jira.rest import desk, issue, me, page, shapes
from sandbox.jira.rest.administration import created_fields
from sandbox.jira.shapes import ISSUE_TYPE_ID, PROJECT_ID, Shapes
from sandbox.jira.store import Doc

routes = Blueprint("fields", __name__, url_prefix="/rest/api/<any('2','3'):version>")


def every_field() -> list[Doc]:
    system = [
        {
            "id": name,
            "key": name,
            "name": label,
            "custom": False,
            "orderable": True,
            "navigable": True,
            "searchable": True,
            "clauseNames": [name],
            "schema": {"type": kind, "system": name, **({"items": items} if items else {})},
        }
        for name, (label, kind, items) in fields.SYSTEM.items()
    ]
    custom = [
        {
            "id": field.id,
            "key": field.id,
            "name": field.name,
            "custom": True,
            "orderable": True,
            "navigable": True,
            "searchable": True,
            "clauseNames": [f"cf[{field.number}]", field.name],
            "schema": field.schema,
        }
        for field in fields.CUSTOM
        if not lacks(desk().store, f"field:{field.id}")
    ]
    return system + custom + created_fields()


@routes.get("/field")
def all_fields(version: str) -> Any:
    return jsonify(every_field())


@routes.get("/field/search")
def field_search(version: str) -> Any:
    if not me().is_agent:
        raise JiraError(403, "Only Jira administrators can access fields.")
    text, kinds, ids = (
        request.args.get("query", "").lower(),
        request.args.getlist("type"),
        request.args.getlist("id"),
    )
    found = [
        {"id": field["id"], "name": field["name"], "schema": field["schema"], "description": ""}
        for field in every_field()
        if text in field["name"].lower()
        and (not kinds or ("custom" if field["custom"] else "system") in kinds)
        and (not ids or field["id"] in ids)
    ]
    start, size = page()
    last = start + size >= len(found)
    return jsonify(startAt=start, maxResults=size, total=len(found), isLast=last, values=found[start : start + size])


def screen(shape: Shapes) -> dict[str, Doc]:
    """The fields people can fill, with their allowed values."""
    summary = {
        "required": True,
        "schema": {"type": "string", "system": "summary"},
        "name": "Summary",
        "key": "summary",
    }
    result: dict[str, Doc] = {"summary": {**summary, "operations": ["set"]}}
    for field in fields.FORM:
        multiple = field.schema["type"] == "array"
        result[field.id] = {
            "required": field.required,
            "schema": field.schema,
            "name": field.name,
            "key": field.id,
            "operations": ["add", "set", "remove"] if multiple else ["set"],
        }
        if field.options:
            result[field.id]["allowedValues"] = [shape.option(field, value) for _, value in field.options]
    labels = {"type": "array", "items": "string", "system": "labels"}
    result["labels"] = {"required": False, "schema": labels, "name": "Labels", "key": "labels"}
    result["labels"]["operations"] = ["add", "set", "remove"]
    return result


@routes.get("/issue/<key>/editmeta")
def editmeta(version: str, key: str) -> Any:
    issue(key)
    return jsonify(fields=screen(shapes(version)))


@routes.get("/issue/createmeta/<project>/issuetypes")
def create_types(version: str, project: str) -> Any:
    _known_project(project)
    return jsonify(startAt=0, maxResults=50, total=1, issueTypes=[shapes(version).issue_type()])


@routes.get("/issue/createmeta/<project>/issuetypes/<type_id>")
def create_fields(version: str, project: str, type_id: str) -> Any:
    _known_project(project)
    if type_id != ISSUE_TYPE_ID:
        raise JiraError(404, "Issue type not found in project.")
    found = [{**field, "fieldId": name} for name, field in screen(shapes(version)).items()]
    start, size = page()
    name = "fields" if shapes().flavour == "cloud" else "values"
    shown = found[start : start + size]
    return jsonify({"startAt": start, "maxResults": size, "total": len(found), name: shown})


def _known_project(project: str) -> None:
    if project not in (PROJECT, PROJECT_ID):
        raise JiraError(404, f"No project could be found with key '{project}'.")
