"""The control API under /sandbox: faults, state, reset, deliveries, settings, mail. For tests, demo."""

import json
import uuid
from dataclasses import asdict
from typing import Any

from flask import Blueprint, current_app, jsonify, request

from sandbox.jira import mailbox, people, workflow
from sandbox.jira.automation import Automation
from sandbox.jira.payloads import CUSTOM_TEMPLATE, SHAPE_NAMES
from sandbox.jira.rest import desk, faults, shapes

routes = Blueprint("control", __name__, url_prefix="/sandbox")


def automation() -> Automation:
    return current_app.extensions["automation"]


@routes.get("/healthz")
def health() -> Any:
    return jsonify(ok=True)


@routes.post("/faults")
def order_fault() -> Any:
    try:
        return jsonify(asdict(faults().order(request.get_json()))), 201
    except (TypeError, ValueError) as problem:
        return jsonify(error=str(problem)), 400


@routes.get("/faults")
def list_faults() -> Any:
    return jsonify(faults().listed())


@routes.delete("/faults")
def clear_faults() -> Any:
    faults().clear()
    return "", 204


@routes.get("/state")
def state() -> Any:
    """Everything there is, as version 2 of the API would show it."""
    shape, store = shapes(), desk().store
    issues = []
    for issue in store.all("issue"):
        comments = [
            {**shape.comment(comment, issue), "raw": comment["body"], "via": comment["via"]}
            for comment in store.all("comment", issue["id"])
        ]
        issues.append(
            {
                **shape.issue(issue),
                "status": workflow.BY_ID[issue["status"]].name,
                "comments": comments,
                "approvals": [shape.approval(issue, approval) for approval in desk().approvals(issue)],
                "properties": {doc["key"]: doc["value"] for doc in store.all("property", issue["id"])},
                "remotelinks": store.all("remotelink", issue["id"]),
                "changelog": [shape.history(change) for change in store.all("change", issue["id"])],
            }
        )
    return jsonify(
        issues=issues,
        people=[{**asdict(person), "account_type": person.account_type} for person in people.PEOPLE],
        settings=settings_shape(),
        mails=store.all("mail"),
        deliveries=len(store.all("delivery")),
    )


@routes.post("/reset")
def reset() -> Any:
    desk().store.clear()
    faults().clear()
    return "", 204


@routes.get("/deliveries")
def deliveries() -> Any:
    """What was sent, newest first; `body` is parsed where it is JSON, `raw` is what went over the wire."""
    return jsonify([{**doc, "raw": doc["body"], "body": _parsed(doc["body"])} for doc in newest_deliveries()])


def newest_deliveries() -> list[dict[str, Any]]:
    return desk().store.all("delivery")[::-1]


def _parsed(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body


@routes.post("/deliveries/<int:number>/resend")
def resend(number: int) -> Any:
    """Send the same bytes again: a native webhook keeps its identifier, as a retry does."""
    old = desk().store.get("delivery", number)
    if not old:
        return jsonify(error="There is no such delivery."), 404
    again = automation().send(old["event"], old["issue"], old["shape"], old["body"].encode(), old["identifier"])
    return jsonify(id=again["id"]), 202


def settings_shape() -> dict[str, str]:
    return {
        "shape": automation().shape,
        "custom_template": desk().store.setting("custom_template", CUSTOM_TEMPLATE),
        "portal_url": automation().portal_url,
    }


def change_settings(given: dict[str, Any]) -> str:
    """Store what was given; the sentence returned says what is wrong, or is empty."""
    if "shape" in given and given["shape"] not in SHAPE_NAMES:
        return f"shape must be one of {', '.join(SHAPE_NAMES)}"
    for name in ("shape", "custom_template"):
        if name in given:
            desk().store.set_setting(name, str(given[name]))
    return ""


@routes.get("/settings")
def settings() -> Any:
    return jsonify(settings_shape())


@routes.post("/settings")
def set_settings() -> Any:
    problem = change_settings(request.get_json())
    return (jsonify(error=problem), 400) if problem else jsonify(settings_shape())


@routes.post("/mail")
def mail() -> Any:
    """{from, subject, text, headers?}: what became of it."""
    return jsonify(mailbox.receive(desk(), {"id": f"posted-{uuid.uuid4()}", **request.get_json()})), 201


@routes.get("/mail")
def mails() -> Any:
    return jsonify(desk().store.all("mail")[::-1])
