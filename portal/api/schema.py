"""What drf-spectacular cannot see by itself: every operation may answer with a problem."""

from typing import Any

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457: what happened, for a program (`type`) and for a person (`detail`).",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "format": "uri", "example": "urn:account-vending:problem:permission_denied"},
        "title": {"type": "string", "example": "Forbidden"},
        "status": {"type": "integer", "example": 403},
        "detail": {"type": "string", "example": "You do not have permission to perform this action."},
        "instance": {"type": "string", "example": "/api/v1/runs/12/retry/"},
        "errors": {
            "type": "array",
            "description": "What is wrong with which field; only where the content or a filter is not valid.",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
MEANINGS = {
    "400": "The content or a filter is not valid; `errors` says what.",
    "401": "Nobody is signed in, or the token is unknown.",
    "403": "Signed in, but not permitted.",
    "404": "There is no such row, or no such page of the list.",
    "409": "The state does not allow it; `detail` says why and what is possible.",
    "415": "Only JSON and forms are read.",
    "429": "Too many requests; `Retry-After` says when to come back.",
    "default": "Any other problem.",
}
ONLY_WRITING = ("409", "415")
UNCHANGED = {"description": "Unchanged since the answer whose ETag was sent as If-None-Match."}
IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "schema": {"type": "string"},
    "description": "The ETag of an earlier answer.",
}
ETAG = {"schema": {"type": "string"}, "description": "Changes whenever the answer does."}


def with_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """drf-spectacular's hook: the problems of each operation, and the ETag of what is read."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    for path in result["paths"].values():
        for verb, operation in path.items():
            _complete(operation, writes=verb != "get")
    return result


def _complete(operation: dict[str, Any], *, writes: bool) -> None:
    answers = operation["responses"]
    for code, meaning in MEANINGS.items():
        if writes or code not in ONLY_WRITING:
            answers[code] = {
                "description": meaning,
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }
    if not writes:
        operation.setdefault("parameters", []).append(IF_NONE_MATCH)
        answers["200"]["headers"] = {"ETag": ETAG}
        answers["304"] = UNCHANGED
