"""The Automation Rule Management API of Cloud: rules are kept, what is sent is chosen under Settings."""

import uuid
from typing import Any

from flask import Blueprint, current_app, jsonify

from sandbox.jira.desk import JiraError, now
from sandbox.jira.lacking import lacks
from sandbox.jira.rest import body, desk, me
from sandbox.jira.rest.administration import administrators_only
from sandbox.jira.rest.site import CLOUD_ID
from sandbox.jira.store import Doc

routes = Blueprint("automation_rules", __name__, url_prefix=f"/gateway/api/automation/public/jira/{CLOUD_ID}/rest/v1")
NEEDED = (
    "name", "state", "notifyOnError", "canOtherRuleTrigger", "authorAccountId", "actor", "writeAccessType", "trigger",
    "components", "ruleScopeARIs",
)  # fmt: skip
HIDDEN = "***"


@routes.before_request
def only_administrators() -> None:
    if current_app.config["FLAVOUR"] != "cloud":
        raise JiraError(404, "null for uri")
    administrators_only()


def _rule(rule_uuid: str) -> Doc:
    found = next((rule for rule in desk().store.all("rule") if rule["uuid"] == rule_uuid), None)
    if found is None:
        raise JiraError(404, "The rule was not found.")
    return found


@routes.get("/rule/summary")
def summaries() -> Any:
    names = ("uuid", "name", "state", "description", "labels", "authorAccountId", "ruleScopeARIs", "created", "updated")
    shown = [{name: rule.get(name) for name in names} for rule in desk().store.all("rule")]
    return jsonify(links={"self": "", "next": None, "prev": None}, data=shown)


@routes.post("/rule")
def create() -> Any:
    """A payload that lacks a member is answered by one bare sentence, as Atlassian does."""
    given = body().get("rule")
    if not isinstance(given, dict) or any(name not in given for name in NEEDED):
        raise JiraError(400, "The request could not be parsed.")
    if given["actor"].get("type") not in ("ACCOUNT_ID", "EVENT_INITIATOR", "SMART_VALUE"):
        raise JiraError(400, "The request could not be parsed.")
    state = "ENABLED" if lacks(desk().store, "state") else given["state"]
    moment = now() / 1000
    rule = {**given, "uuid": str(uuid.uuid4()), "state": state, "created": moment, "updated": moment}
    return jsonify(ruleUuid=desk().store.add("rule", rule | {"authorAccountId": me().account_id})["uuid"]), 201


@routes.get("/rule/<rule_uuid>")
def read(rule_uuid: str) -> Any:
    """A header kept secret is never shown again."""
    rule = {name: value for name, value in _rule(rule_uuid).items() if name != "id"}
    return jsonify(rule={**rule, "components": [_without_secrets(each) for each in rule["components"]]}, connections=[])


@routes.put("/rule/<rule_uuid>/state")
def change_state(rule_uuid: str) -> Any:
    rule, state = _rule(rule_uuid), body().get("value")
    if state not in ("ENABLED", "DISABLED"):
        raise JiraError(400, "The request could not be parsed.")
    desk().store.save("rule", {**rule, "state": state})
    return jsonify(ruleUuid=rule_uuid)


def _without_secrets(component: Doc) -> Doc:
    value = component.get("value")
    if not isinstance(value, dict) or "headers" not in value:
        return component
    headers = [
        {**each, "value": HIDDEN} if each.get("headerSecure") else each for each in value["headers"]
    ]  # fmt: skip
    return {**component, "value": {**value, "headers": headers}}
