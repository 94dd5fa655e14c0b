"""Search: /search/jql with page tokens on Cloud, /search with offsets on Data Center."""

import base64
from typing import Any

from flask import Blueprint, current_app, jsonify, request

from sandbox.jira import jql
from sandbox.jira.desk import JiraError
from sandbox.jira.rest import body, desk, me, shapes
from sandbox.jira.rest.issues import wanted_fields
from sandbox.jira.store import Doc

routes = Blueprint("search", __name__, url_prefix="/rest/api/<any('2','3'):version>")

GONE = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. "
    "A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)


def _given() -> tuple[str, int, set[str] | None, bool, Doc]:
    """JQL, page size, fields (None is all), whether fields were asked for at all, and everything else."""
    if request.method == "POST":
        data = body()
        listed = ",".join(data.get("fields") or ())
    else:
        data = dict(request.args)
        listed = ",".join(request.args.getlist("fields"))
    try:
        size = min(int(data.get("maxResults", 50)), 5000)
    except ValueError:
        raise JiraError(400, "maxResults must be a number.") from None
    return str(data.get("jql") or ""), size, wanted_fields(listed), bool(listed), data


def _found(query: str) -> list[Doc]:
    visible = [issue for issue in desk().store.all("issue") if desk().may_see(issue, me())]
    return jql.search(query, visible)


@routes.route("/search/jql", methods=["GET", "POST"])
def enhanced(version: str) -> Any:
    if current_app.config["FLAVOUR"] == "datacenter":
        raise JiraError(404, "null for uri: " + request.path)
    query, size, only, with_fields, more = _given()
    if not query.partition("ORDER BY")[0].partition("order by")[0].strip():
        raise JiraError(
            400, "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
        )
    found = _found(query)
    start = _offset(more.get("nextPageToken"))
    shown = found[start : start + size]
    shape = shapes(version)
    answer: Doc = {
        "issues": [shape.issue(doc, only) if with_fields else {"id": str(doc["id"])} for doc in shown],
        "isLast": start + size >= len(found),
    }
    if not answer["isLast"]:
        answer["nextPageToken"] = base64.urlsafe_b64encode(f"at={start + size}".encode()).decode()
    return jsonify(answer)


def _offset(token: Any) -> int:
    if not token:
        return 0
    try:
        return int(base64.urlsafe_b64decode(str(token)).decode().removeprefix("at="))
    except ValueError:
        raise JiraError(400, "The provided next page token is invalid or expired.") from None


@routes.route("/search", methods=["GET", "POST"])
def classic(version: str) -> Any:
    if current_app.config["FLAVOUR"] == "cloud":
        raise JiraError(410, GONE)
    query, size, only, _, more = _given()
    found = _found(query)
    start = int(more.get("startAt", 0))
    shown = [shapes(version).issue(doc, only) for doc in found[start : start + size]]
    return jsonify(expand="schema,names", startAt=start, maxResults=size, total=len(found), issues=shown)
