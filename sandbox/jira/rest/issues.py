"""Issues: read, create, edit, move; their properties and remote links."""

import json
from typing import Any

from flask import Blueprint, jsonify, request

from sandbox.jira.desk import PROJECT, JiraError
from sandbox.jira.rest import body, desk, issue, me, page, shapes
from sandbox.jira.rest.values import document, stored, updated
from sandbox.jira.store import Doc

routes = Blueprint("issues", __name__, url_prefix="/rest/api/<any('2','3'):version>/issue")

PROPERTY_LIMIT = 32_768


def wanted_fields(listed: str | None) -> set[str] | None:
    """The `fields` filter: names with commas between them, or *all (a name with a minus also gives all)."""
    names = [name.strip() for name in (listed or "").split(",") if name.strip()]
    if not names or any(name.startswith(("*", "-")) for name in names):
        return None
    return set(names)


@routes.get("/<key>")
def read(version: str, key: str) -> Any:
    found = issue(key)
    shape = shapes(version)
    answer = shape.issue(found, wanted_fields(request.args.get("fields")))
    if "comment" in (wanted_fields(request.args.get("fields")) or {"comment"}):
        every = [shape.comment(comment, found) for comment in desk().comments(found, me())]
        answer["fields"]["comment"] = {
            "comments": every,
            "maxResults": len(every),
            "total": len(every),
            "startAt": 0,
        }
    if "changelog" in request.args.get("expand", ""):
        histories = [shape.history(change) for change in reversed(desk().store.all("change", found["id"]))]
        answer["changelog"] = {
            "startAt": 0,
            "maxResults": 100,
            "total": len(histories),
            "histories": histories,
        }
    return jsonify(answer)


@routes.post("")
def create(version: str) -> Any:
    given = body().get("fields") or {}
    if (given.get("project") or {}).get("key", PROJECT) != PROJECT:
        raise JiraError(400, errors={"project": "valid project is required"})
    if not me().is_agent:
        raise JiraError(403, "You do not have permission to create issues in this project.")
    values = stored(given, version)
    summary, description = values.pop("summary", None), values.pop("description", None)
    if not summary:
        raise JiraError(400, errors={"summary": "You must specify a summary of the issue."})
    labels = values.pop("labels", [])
    made = desk().create(me(), values, summary, description, labels=labels)
    self_url = f"{shapes(version).rest}/issue/{made['id']}"
    return jsonify({"id": str(made["id"]), "key": made["key"], "self": self_url}), 201


@routes.put("/<key>")
def edit(version: str, key: str) -> Any:
    """Transitions are ignored here, as in Jira."""
    found, given = issue(key), body()
    _agents_only()
    changes = {
        **stored(given.get("fields") or {}, version),
        **updated(found, given.get("update") or {}, version),
    }
    desk().edit(me(), found, changes)
    for operation in (given.get("update") or {}).get("comment", ()):
        desk().comment(me(), found, document(operation["add"].get("body"), version))
    return "", 204


@routes.get("/<key>/transitions")
def transitions(version: str, key: str) -> Any:
    shape = shapes(version)
    return jsonify(
        expand="transitions",
        transitions=[
            {
                "id": transition.id,
                "name": transition.name,
                "to": shape.status(transition.target.id),
                "hasScreen": False,
                "isGlobal": False,
                "isInitial": False,
                "isAvailable": True,
                "isConditional": False,
            }
            for transition in desk().transitions(issue(key), me())
        ],
    )


@routes.post("/<key>/transitions")
def move(version: str, key: str) -> Any:
    found, given = issue(key), body()
    wanted = (given.get("transition") or {}).get("id")
    if wanted is None:
        raise JiraError(400, "Missing 'transition' identifier")
    if not isinstance(wanted, str) or not wanted.isdigit():
        raise JiraError(400, errors={"transition": "The transition id must be a string of digits."})
    values = stored(given.get("fields") or {}, version)
    notes = [op["add"] for op in (given.get("update") or {}).get("comment", ())]
    bodies = [document(note.get("body"), version) for note in notes]
    desk().transition(me(), found, wanted, values)
    for text in bodies:
        desk().comment(me(), found, text)
    return "", 204


@routes.get("/<key>/changelog")
def changelog(version: str, key: str) -> Any:
    start, size = page(100)
    shape = shapes(version)
    every = [shape.history(change) for change in desk().store.all("change", issue(key)["id"])]
    last = start + size >= len(every)
    return jsonify(startAt=start, maxResults=size, total=len(every), isLast=last, values=every[start : start + size])


# Properties


def _property(found: Doc, name: str) -> Doc | None:
    return next((doc for doc in desk().store.all("property", found["id"]) if doc["key"] == name), None)


@routes.get("/<key>/properties")
def properties(version: str, key: str) -> Any:
    base = f"{shapes(version).rest}/issue/{key}/properties/"
    names = [doc["key"] for doc in desk().store.all("property", issue(key)["id"])]
    return jsonify(keys=[{"self": base + name, "key": name} for name in names])


@routes.get("/<key>/properties/<name>")
def read_property(version: str, key: str, name: str) -> Any:
    found = _property(issue(key), name)
    if not found:
        raise JiraError(404, f"The property {name} does not exist.")
    return jsonify(key=name, value=found["value"])


@routes.put("/<key>/properties/<name>")
def write_property(version: str, key: str, name: str) -> Any:
    """201 when it is new, 200 when it was there. At most 32 KB of JSON, 255 characters of name."""
    found = issue(key)
    _agents_only()
    try:
        value = json.loads(request.get_data())
    except ValueError:
        raise JiraError(400, "The property value is not a valid JSON.") from None
    if len(request.get_data()) > PROPERTY_LIMIT or len(name) > 255:
        raise JiraError(400, "The property value or its name is too long.")
    old = _property(found, name)
    if old:
        desk().store.save("property", {**old, "value": value})
    else:
        desk().store.add("property", {"key": name, "value": value}, found["id"])
    return "", 200 if old else 201


@routes.delete("/<key>/properties/<name>")
def delete_property(version: str, key: str, name: str) -> Any:
    found = _property(issue(key), name)
    if not found:
        raise JiraError(404, f"The property {name} does not exist.")
    desk().store.delete("property", found["id"])
    return "", 204


# Remote links


@routes.get("/<key>/remotelink")
def remote_links(version: str, key: str) -> Any:
    base = f"{shapes(version).rest}/issue/{key}/remotelink/"
    every = desk().store.all("remotelink", issue(key)["id"])
    wanted = request.args.get("globalId")
    shown = [{**doc, "self": f"{base}{doc['id']}"} for doc in every if wanted in (None, doc.get("globalId"))]
    if wanted and not shown:
        raise JiraError(404, "The remote link could not be found.")
    return jsonify(shown[0] if wanted else shown)


@routes.post("/<key>/remotelink")
def write_remote_link(version: str, key: str) -> Any:
    """The same globalId updates (200), a new one adds (201)."""
    found, given = issue(key), body()
    _agents_only()
    target = given.get("object") or {}
    missing = {name: f"'{name}' is required." for name in ("url", "title") if not target.get(name)}
    if missing:
        raise JiraError(400, errors=missing)
    link: Doc = {name: given[name] for name in ("globalId", "application", "relationship", "object") if name in given}
    old = next(
        (
            doc
            for doc in desk().store.all("remotelink", found["id"])
            if link.get("globalId") and doc.get("globalId") == link["globalId"]
        ),
        None,
    )
    if old:
        desk().store.save("remotelink", {**link, "id": old["id"]})
    number = old["id"] if old else desk().store.add("remotelink", link, found["id"])["id"]
    self_url = f"{shapes(version).rest}/issue/{found['key']}/remotelink/{number}"
    return jsonify({"id": number, "self": self_url}), 200 if old else 201


def _agents_only() -> None:
    if not me().is_agent:
        raise JiraError(403, "You do not have permission to edit issues in this project.")
