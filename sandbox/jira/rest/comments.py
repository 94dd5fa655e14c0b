"""Comments of an issue."""

from typing import Any

from flask import Blueprint, jsonify, request

from sandbox.jira.desk import JiraError
from sandbox.jira.rest import body, desk, issue, me, page, shapes
from sandbox.jira.rest.values import document
from sandbox.jira.store import Doc

routes = Blueprint("comments", __name__, url_prefix="/rest/api/<any('2','3'):version>/issue/<key>/comment")


def is_internal(properties: list[Doc]) -> bool:
    """JSM's own mark: the comment property sd.public.comment with {"internal": true}."""
    return any(
        entry.get("key") == "sd.public.comment" and (entry.get("value") or {}).get("internal") for entry in properties
    )


@routes.get("")
def read_all(version: str, key: str) -> Any:
    found = issue(key)
    every = desk().comments(found, me())
    order = request.args.get("orderBy", "created")
    if order.lstrip("+-") != "created":
        raise JiraError(400, f"The orderBy parameter '{order}' is not supported.")
    if order.startswith("-"):
        every.reverse()
    start, size = page(5000, 5000)
    expand = request.args.get("expand", "")
    shown = [shapes(version).comment(comment, found, expand) for comment in every[start : start + size]]
    return jsonify(startAt=start, maxResults=size, total=len(every), comments=shown)


@routes.post("")
def add(version: str, key: str) -> Any:
    found, given = issue(key), body()
    properties = given.get("properties") or []
    comment = desk().comment(
        me(),
        found,
        document(given.get("body"), version),
        is_internal(properties),
        visibility=given.get("visibility"),
        properties=properties,
    )
    return jsonify(shapes(version).comment(comment, found)), 201


@routes.get("/<comment_id>")
def read(version: str, key: str, comment_id: str) -> Any:
    found = issue(key)
    comment = desk().comment_of(found, comment_id, me())
    return jsonify(shapes(version).comment(comment, found, request.args.get("expand", "")))


@routes.put("/<comment_id>")
def edit(version: str, key: str, comment_id: str) -> Any:
    found = issue(key)
    comment = desk().comment_of(found, comment_id, me())
    _own(comment)
    edited = desk().edit_comment(me(), found, comment, document(body().get("body"), version))
    return jsonify(shapes(version).comment(edited, found))


@routes.delete("/<comment_id>")
def delete(version: str, key: str, comment_id: str) -> Any:
    comment = desk().comment_of(issue(key), comment_id, me())
    _own(comment)
    desk().store.delete("comment", comment["id"])
    return "", 204


def _own(comment: Doc) -> None:
    if comment["author"] != me().account_id and not me().is_agent:
        raise JiraError(400, "You do not have permission to edit this comment.")
