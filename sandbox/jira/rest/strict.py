"""What a request may hold: parameters and members of bodies by endpoint. What nobody has described is refused.

Jira itself overlooks much of this; a counterpart for tests must not, or a misspelt member goes unnoticed until
production. Endpoints without a rule here are checked by their own code only.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jsonschema
from flask import current_app, request

from sandbox.jira.desk import JiraError

Schema = dict[str, Any]


def _object(required: Schema | None = None, **optional: Schema) -> Schema:
    """An object with these members and no others."""
    required = required or {}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": required | optional,
    }


TEXT: Schema = {"type": "string"}
SOME_TEXT: Schema = {"type": "string", "minLength": 1}
ADDRESS: Schema = {"type": "string", "pattern": r"^https?://[^\s]+$"}
ANY_OBJECT: Schema = {"type": "object"}
PROPERTIES: Schema = {"type": "array", "items": _object({"key": SOME_TEXT, "value": {}})}
VISIBILITY = _object({"type": {"enum": ["role", "group"]}}, value=TEXT, identifier=TEXT)
COMMENT = _object({"body": {"type": ["object", "string"]}}, properties=PROPERTIES, visibility=VISIBILITY)
OPERATION: Schema = {"type": "object", "minProperties": 1, "maxProperties": 1}
OPERATION |= {"propertyNames": {"enum": ["add", "set", "remove", "edit", "copy"]}}
UPDATE: Schema = {"type": "object", "additionalProperties": {"type": "array", "items": OPERATION}}
CHANGES: Schema = {"fields": ANY_OBJECT, "update": UPDATE, "historyMetadata": ANY_OBJECT, "properties": PROPERTIES}
TRANSITION = _object({"transition": _object({"id": {"type": "string", "pattern": "^[0-9]+$"}})}, **CHANGES)
ICON = _object(url16x16=ADDRESS, title=TEXT, link=ADDRESS)
TARGET = _object(
    {"url": ADDRESS, "title": SOME_TEXT},
    summary=TEXT,
    icon=ICON,
    status=_object(resolved={"type": "boolean"}, icon=ICON),
)
LINK = _object(
    {"object": TARGET},
    globalId={"type": "string", "minLength": 1, "maxLength": 255},
    application=_object(type=TEXT, name=TEXT),
    relationship=TEXT,
)


@dataclass(frozen=True)
class Rule:
    """One endpoint: method, path below the version, parameters by flavour, body (None: no body at all)."""

    method: str
    path: str
    query: str = ""
    cloud_query: str = ""
    body: Schema | None = None

    def parameters(self, flavour: str) -> set[str]:
        return set(self.query.split()) | set(self.cloud_query.split() if flavour == "cloud" else ())


ISSUE = r"/issue/[^/]+"
RULES = (
    Rule("GET", ISSUE, "fields fieldsByKeys expand properties updateHistory", "failFast"),
    Rule("PUT", ISSUE, "notifyUsers", "overrideScreenSecurity overrideEditableFlag returnIssue expand",
         body={**_object(**CHANGES), "minProperties": 1}),
    Rule("GET", f"{ISSUE}/transitions", "expand transitionId", "skipRemoteOnlyCondition includeUnavailableTransitions"),
    Rule("POST", f"{ISSUE}/transitions", body=TRANSITION),
    Rule("GET", f"{ISSUE}/comment", "startAt maxResults orderBy expand"),
    Rule("POST", f"{ISSUE}/comment", "expand", body=COMMENT),
    Rule("GET", f"{ISSUE}/comment/[0-9]+", "expand"),
    Rule("PUT", f"{ISSUE}/comment/[0-9]+", "expand", "notifyUsers overrideEditableFlag", body=COMMENT),
    Rule("PUT", rf"{ISSUE}/properties/[^/]+", body={}),
    Rule("POST", f"{ISSUE}/remotelink", body=LINK),
    Rule("GET", "/user/groups", "", "accountId"),
    Rule("GET", "/group/member", "groupname includeInactiveUsers startAt maxResults", "groupId"),
)  # fmt: skip
DESK_RULES = (
    Rule("POST", r"/request/[^/]+/comment", body=_object({"body": SOME_TEXT, "public": {"type": "boolean"}})),
    Rule("POST", r"/request/[^/]+/approval/[0-9]+", body=_object({"decision": {"enum": ["approve", "decline"]}})),
)


def check() -> None:
    """Flask hook before a REST call. Raises a 400 (or 415, 404) that says what is wrong with the request."""
    flavour = current_app.config["FLAVOUR"]
    if flavour == "datacenter" and request.path.startswith("/rest/api/3/"):
        raise JiraError(404, f"null for uri: {request.path}")
    rule = next(_matching(request.path), None)
    if rule is None:
        return
    if foreign := set(request.args) - rule.parameters(flavour):
        raise JiraError(400, f"Unknown parameter: {', '.join(sorted(foreign))}")
    if rule.body is None:
        if request.get_data():
            raise JiraError(400, "This call takes no body.")
        return
    if request.mimetype != "application/json":
        raise JiraError(415, "The body must be application/json.")
    try:
        jsonschema.validate(json.loads(request.get_data()), rule.body)
    except ValueError:
        raise JiraError(400, "There was an error parsing JSON. Check that your request body is valid.") from None
    except jsonschema.ValidationError as fault:
        raise JiraError(400, f"{fault.json_path}: {fault.message}"[:500]) from None


def _matching(path: str) -> Iterator[Rule]:
    for prefix, rules in ((r"/rest/api/[23]", RULES), (r"/rest/servicedeskapi", DESK_RULES)):
        yield from (rule for rule in rules if rule.method == request.method and re.fullmatch(prefix + rule.path, path))
