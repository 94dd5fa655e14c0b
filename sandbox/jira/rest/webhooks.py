"""Registered webhooks (System > WebHooks). They are kept; what is sent is chosen on the settings page."""

from typing import Any

from flask import Blueprint, jsonify

from sandbox.jira.desk import JiraError
from sandbox.jira.rest import body, desk, shapes
from sandbox.jira.rest.administration import administrators_only
from sandbox.jira.store import Doc

routes = Blueprint("webhooks", __name__)


def _shape(webhook: Doc) -> Doc:
    """The secret can never be read back."""
    shown = {name: value for name, value in webhook.items() if name not in ("id", "secret")}
    return {**shown, "self": f"{shapes().base_url}/rest/webhooks/1.0/webhook/{webhook['id']}"}


@routes.post("/rest/webhooks/1.0/webhook")
@routes.post("/rest/jira-webhook/1.0/webhooks")
def register() -> Any:
    administrators_only()
    given = body()
    if not given.get("name") or not str(given.get("url", "")).startswith(("http://", "https://")):
        raise JiraError(400, "A webhook needs a name and an http(s) url.")
    webhook = {
        "name": given["name"],
        "url": given["url"],
        "events": given.get("events") or [],
        "enabled": True,
    }
    webhook |= {
        "filters": given.get("filters") or {},
        "excludeBody": False,
        "isSigned": bool(given.get("secret")),
    }
    return jsonify(_shape(desk().store.add("webhook", webhook))), 201


@routes.get("/rest/webhooks/1.0/webhook")
@routes.get("/rest/jira-webhook/1.0/webhooks")
def listed() -> Any:
    administrators_only()
    return jsonify([_shape(webhook) for webhook in desk().store.all("webhook")])
