"""Jira Service Management: service desks, request types, requests and their approvals."""

from typing import Any

from flask import Blueprint, jsonify, request

from sandbox.jira import fields, people, wiki, workflow
from sandbox.jira.desk import PROJECT, PROJECT_NAME, JiraError
from sandbox.jira.lacking import lacks
from sandbox.jira.rest import body, desk, issue, me, shapes
from sandbox.jira.rest.administration import administrators_only
from sandbox.jira.rest.values import stored
from sandbox.jira.shapes import (
    ISSUE_TYPE_ID,
    PROJECT_ID,
    REQUEST_TYPE_GROUP,
    REQUEST_TYPE_GROUP_ID,
    REQUEST_TYPE_ID,
    SERVICE_DESK_ID,
    desk_time,
)
from sandbox.jira.store import Doc

routes = Blueprint("servicedesk", __name__, url_prefix="/rest/servicedeskapi")


def paged(values: list[Any]) -> Any:
    """One page of a list, as this API writes it."""
    start = request.args.get("start", 0, type=int)
    limit = min(request.args.get("limit", 50, type=int), 100)
    shown = values[start : start + limit]
    base = f"{shapes().base_url}/rest/servicedeskapi"
    links = {"self": request.url, "base": base, "context": ""}
    return jsonify(
        _expands=[],
        size=len(shown),
        start=start,
        limit=limit,
        isLastPage=start + limit >= len(values),
        _links=links,
        values=shown,
    )


def _service_desk() -> Doc:
    self_url = f"{shapes().base_url}/rest/servicedeskapi/servicedesk/{SERVICE_DESK_ID}"
    return {
        "id": SERVICE_DESK_ID,
        "projectId": PROJECT_ID,
        "projectName": PROJECT_NAME,
        "projectKey": PROJECT,
        "_links": {"self": self_url},
    }


def _known_desk(desk_id: str) -> None:
    if desk_id not in (SERVICE_DESK_ID, PROJECT):
        raise JiraError(404, "The service desk you are trying to view does not exist.")


@routes.get("/servicedesk")
def service_desks() -> Any:
    return paged([_service_desk()])


@routes.get("/servicedesk/<desk_id>")
def service_desk(desk_id: str) -> Any:
    _known_desk(desk_id)
    return jsonify(_service_desk())


@routes.get("/servicedesk/<desk_id>/requesttype")
def request_types(desk_id: str) -> Any:
    _known_desk(desk_id)
    return paged(_request_types())


def _request_types() -> list[Doc]:
    """The one the sandbox came with, unless it lacks it, and those that were made; these are in no group."""
    own = shapes().request_type()
    own |= {"groupIds": []} if lacks(desk().store, "group") else {}
    made = [{**own, **each, "id": str(100 + each["id"]), "groupIds": []} for each in desk().store.all("request type")]
    return ([] if lacks(desk().store, "request type") else [own]) + made


@routes.post("/servicedesk/<desk_id>/requesttype")
def create_request_type(desk_id: str) -> Any:
    """A new request type has the fields its issue type requires, and stands in no group of the portal."""
    _known_desk(desk_id)
    administrators_only()
    given = body()
    if not str(given.get("name", "")).strip() or given.get("issueTypeId") != ISSUE_TYPE_ID:
        raise JiraError(400, "A request type needs a name and an issue type of the project.")
    if any(each["name"] == given["name"] for each in _request_types()):
        raise JiraError(400, "A request type of this name exists already.")
    kept = {name: str(given.get(name, "")) for name in ("name", "description", "helpText", "issueTypeId")}
    made = desk().store.add("request type", kept)
    return jsonify(next(each for each in _request_types() if each["id"] == str(100 + made["id"])))


@routes.get("/servicedesk/<desk_id>/requesttypegroup")
def request_type_groups(desk_id: str) -> Any:
    _known_desk(desk_id)
    return paged([] if lacks(desk().store, "group") else [{"id": REQUEST_TYPE_GROUP_ID, "name": REQUEST_TYPE_GROUP}])


@routes.get("/servicedesk/<desk_id>/requesttype/<type_id>/field")
def request_type_fields(desk_id: str, type_id: str) -> Any:
    _known_desk(desk_id)
    if type_id not in {each["id"] for each in _request_types()}:
        raise JiraError(404, "The request type you are trying to view does not exist.")
    form = fields.FORM if type_id == REQUEST_TYPE_ID else ()
    summary = {"fieldId": "summary", "name": "Summary", "description": "", "required": True, "visible": True}
    summary |= {"defaultValues": [], "validValues": [], "jiraSchema": {"type": "string", "system": "summary"}}
    custom = [
        {
            "fieldId": field.id,
            "name": field.name,
            "description": field.help,
            "required": field.required,
            "defaultValues": [],
            "validValues": [{"value": number, "label": label, "children": []} for number, label in field.options],
            "jiraSchema": field.schema,
            "visible": True,
        }
        for field in form
        if not lacks(desk().store, f"form:{field.id}")
    ]
    return jsonify(
        requestTypeFields=[summary, *custom], canRaiseOnBehalfOf=me().is_agent, canAddRequestParticipants=True
    )


def request_shape(found: Doc) -> Doc:
    shape = shapes()
    values = [{"fieldId": "summary", "label": "Summary", "value": found["summary"]}]
    for field in fields.FORM:
        value = shape.value(field, found)
        if value is not None:
            entry = {"fieldId": field.id, "label": field.name, "value": value}
            if field.kind == "textarea":
                entry["renderedValue"] = {"html": str(wiki.to_html(value))}
            values.append(entry)
    return {
        "_expands": [
            "participant",
            "status",
            "sla",
            "requestType",
            "serviceDesk",
            "attachment",
            "action",
            "comment",
        ],
        "issueId": str(found["id"]),
        "issueKey": found["key"],
        "summary": found["summary"],
        "requestTypeId": REQUEST_TYPE_ID,
        "serviceDeskId": SERVICE_DESK_ID,
        "createdDate": desk_time(found["created"]),
        "reporter": shape.customer(people.BY_ID[found["reporter"]]),
        "requestFieldValues": values,
        "currentStatus": shape.current_status(found),
        "_links": shape.request_links(found),
    }


@routes.post("/request")
def create() -> Any:
    given = body()
    _known_desk(str(given.get("serviceDeskId", "")))
    if str(given.get("requestTypeId", "")) != REQUEST_TYPE_ID:
        raise JiraError(404, "The request type you are trying to use does not exist.")
    raw = dict(given.get("requestFieldValues") or {})
    values = stored(raw, "2")
    missing = [f.name for f in fields.FORM if f.required and not values.get(f.id)]
    missing += [] if values.get("summary") else ["Summary"]
    if missing:
        raise JiraError(400, "Your request could not be created. These fields are required: " + ", ".join(missing))
    behalf = people.find(given.get("raiseOnBehalfOf")) if given.get("raiseOnBehalfOf") else None
    if given.get("raiseOnBehalfOf") and (not me().is_agent or not behalf):
        raise JiraError(403 if behalf else 400, "You cannot raise a request on behalf of this customer.")
    participants = [_account(handle) for handle in given.get("requestParticipants") or ()]
    summary, description = values.pop("summary"), values.pop("description", None)
    made = desk().create(me(), values, summary, description, reporter=behalf, participants=participants)
    return jsonify(request_shape(made)), 201


@routes.get("/request/<key>")
def read(key: str) -> Any:
    return jsonify(request_shape(issue(key)))


def _comment_shape(comment: Doc, found: Doc) -> Doc:
    text = shapes().text(comment["body"]) or ""
    self_url = f"{shapes().base_url}/rest/servicedeskapi/request/{found['id']}/comment/{comment['id']}"
    return {
        "_expands": ["attachment", "renderedBody"],
        "id": str(comment["id"]),
        "body": text,
        "renderedBody": {"html": str(wiki.to_html(text))},
        "public": not comment["internal"],
        "author": shapes().customer(people.BY_ID[comment["author"]]),
        "created": desk_time(comment["created"]),
        "_links": {"self": self_url},
    }


@routes.get("/request/<key>/comment")
def comments(key: str) -> Any:
    found = issue(key)
    shown = [
        _comment_shape(comment, found)
        for comment in desk().comments(found, me())
        if request.args.get("internal" if comment["internal"] else "public", "true") != "false"
    ]
    return paged(shown)


@routes.post("/request/<key>/comment")
def add_comment(key: str) -> Any:
    found, given = issue(key), body()
    if not isinstance(given.get("body"), str) or not given["body"].strip():
        raise JiraError(400, "Comment body cannot be empty.")
    public = given.get("public", True) is not False
    if not public and not me().is_agent:
        raise JiraError(403, "You do not have permission to add internal comments.")
    return jsonify(_comment_shape(desk().comment(me(), found, given["body"], not public), found)), 201


@routes.get("/request/<key>/approval")
def approvals(key: str) -> Any:
    found = issue(key)
    return paged([shapes().approval(found, approval, me()) for approval in desk().approvals(found)])


@routes.get("/request/<key>/approval/<int:approval_id>")
def approval(key: str, approval_id: int) -> Any:
    found = issue(key)
    for candidate in desk().approvals(found):
        if candidate["id"] == approval_id:
            return jsonify(shapes().approval(found, candidate, me()))
    raise JiraError(404, "The approval you are looking for does not exist.")


@routes.post("/request/<key>/approval/<int:approval_id>")
def answer_approval(key: str, approval_id: int) -> Any:
    found = issue(key)
    answered = desk().approve(me(), found, approval_id, str(body().get("decision")))
    return jsonify(shapes().approval(found, answered, me()))


@routes.get("/request/<key>/transition")
def customer_transitions(key: str) -> Any:
    """What the customer may do on the portal: only the transitions shown to customers."""
    open_ones = [entry for entry in desk().transitions(issue(key), me()) if entry.for_customers]
    return paged([{"id": entry.id, "name": entry.name} for entry in open_ones])


@routes.post("/request/<key>/transition")
def customer_move(key: str) -> Any:
    found, given = issue(key), body()
    desk().transition(me(), found, str(given.get("id")))
    note = (given.get("additionalComment") or {}).get("body")
    if note:
        desk().comment(me(), found, note)
    return "", 204


@routes.get("/request/<key>/participant")
def participants(key: str) -> Any:
    return paged([shapes().customer(people.BY_ID[account_id]) for account_id in issue(key)["participants"]])


@routes.post("/request/<key>/participant")
def add_participants(key: str) -> Any:
    given = body()
    newcomers = [_account(handle) for handle in given.get("accountIds") or given.get("usernames") or ()]
    changed = desk().add_participant(me(), issue(key), newcomers)
    return paged([shapes().customer(people.BY_ID[account_id]) for account_id in changed["participants"]])


@routes.get("/request/<key>/status")
def status_history(key: str) -> Any:
    found = issue(key)
    entries = [(found["created"], workflow.WAITING_FOR_APPROVAL.id)]
    for change in desk().store.all("change", found["id"]):
        entries += [(change["created"], item["to"]) for item in change["items"] if item["field"] == "status"]
    shown = [shapes().current_status({"status": status, "status_at": moment}) for moment, status in reversed(entries)]
    return paged(shown)


def _account(handle: str) -> str:
    person = people.find(handle)
    if not person:
        raise JiraError(400, f"The user {handle} does not exist.")
    return person.account_id
