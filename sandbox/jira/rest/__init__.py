"""Jira's REST API, as far as a portal needs it. One file per resource; every call is signed in first."""

import base64
import binascii
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, request

from sandbox.jira import people
from sandbox.jira.desk import Desk, JiraError
from sandbox.jira.faults import Faults
from sandbox.jira.people import Person
from sandbox.jira.shapes import Shapes
from sandbox.jira.store import Doc

OPEN_TO_ALL = ("/_edge/tenant_info", "/serverInfo")


def desk() -> Desk:
    return current_app.extensions["desk"]


def faults() -> Faults:
    return current_app.extensions["faults"]


def shapes(version: str = "2") -> Shapes:
    config = current_app.config
    return Shapes(desk(), config["BASE_URL"], config["FLAVOUR"], version)


def me() -> Person:
    return g.person


def issue(key: str) -> Doc:
    """The issue of the URL, if the caller may see it."""
    return desk().issue(key, me())


def body() -> Doc:
    """The JSON object of the request. Anything else is Jira's 400."""
    data = request.get_json(silent=True)
    if not isinstance(data, dict):
        raise JiraError(400, "There was an error parsing JSON. Check that your request body is valid.")
    return data


def page(default: int = 50, most: int = 100) -> tuple[int, int]:
    """startAt and maxResults of the request."""
    try:
        start, size = int(request.args.get("startAt", 0)), int(request.args.get("maxResults", default))
    except ValueError:
        raise JiraError(400, "startAt and maxResults must be numbers.") from None
    return max(start, 0), max(min(size, most), 0)


def signed_in() -> Person | None:
    """Cloud: basic auth with e-mail address and API token. Data Center: a personal access token as Bearer."""
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if current_app.config["FLAVOUR"] == "datacenter":
        known = {person.personal_access_token: person for person in people.PEOPLE}
        known[people.TOKEN] = people.BOT
        return known.get(credentials.strip()) if scheme.lower() == "bearer" else None
    if scheme.lower() != "basic":
        return None
    try:
        email, _, token = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    person = people.find(email) if "@" in email else None
    return person if token == people.TOKEN else None


def authenticate() -> Response | None:
    """Flask hook before each REST call."""
    person = signed_in()
    if person:
        g.person = person
    elif not request.path.endswith(OPEN_TO_ALL):
        answer = jsonify(
            errorMessages=["You are not authenticated. Authentication required to perform this operation."],
            errors={},
        )
        answer.status_code = 401
        answer.headers["WWW-Authenticate"] = 'OAuth realm="Sandbox Jira"'
        answer.headers["X-Seraph-LoginReason"] = "AUTHENTICATED_FAILED"
        return answer
    return None


def refusal(error: JiraError) -> tuple[Response, int]:
    if request.path.startswith("/rest/servicedeskapi/"):
        text = (error.messages or list(error.errors.values()) or [""])[0]
        return jsonify(errorMessage=text, i18nErrorMessage={"i18nKey": "sandbox", "parameters": []}), error.status
    if request.path.startswith("/gateway/"):
        return jsonify(errors=[{"status": error.status, "title": text} for text in error.messages]), error.status
    return jsonify(errorMessages=error.messages, errors=error.errors), error.status


def is_rest(path: str) -> bool:
    return path.startswith(("/rest/", "/_edge/", "/gateway/"))


def connect(app: Flask) -> None:
    """Hang the REST API into the application."""
    from sandbox.jira.rest import (
        administration,
        automation_rules,
        comments,
        fields,
        groups,
        issues,
        search,
        servicedesk,
        site,
        strict,
        webhooks,
    )

    for module in (
        site,
        issues,
        comments,
        fields,
        search,
        servicedesk,
        webhooks,
        groups,
        administration,
        automation_rules,
    ):
        app.register_blueprint(module.routes)

    @app.before_request
    def before() -> Any:
        if is_rest(request.path):
            refused = faults().before() or authenticate()
            if refused is None:
                strict.check()
            return refused
        return None

    @app.after_request
    def after(answer: Response) -> Response:
        return faults().after(answer) if is_rest(request.path) else answer

    app.register_error_handler(JiraError, refusal)
