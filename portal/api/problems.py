"""Every error of the API is a problem (RFC 9457): what happened, for a program and for a person."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views import defaults
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from portal.errors import not_found as page_not_found

CONTENT_TYPE = "application/problem+json"
KIND = "urn:account-vending:problem:"
"""Programs tell problems apart by `type`: this and DRF's code of the error."""


def problem(*, status: int, code: str, detail: str, path: str, errors: list[dict[str, str]] | None = None) -> Any:
    body: dict[str, Any] = {
        "type": KIND + code,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": path,
    }
    return body | {"errors": errors} if errors else body


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's own handler, with its answer said as a problem; None for what is no error of the API."""
    response = exception_handler(error, context)
    if response is None:
        return None
    path = context["request"].path
    if isinstance(error, ValidationError):
        errors = list(_faults(response.data))
        detail = "Correct " + ", ".join(dict.fromkeys(fault["field"] or "the content" for fault in errors)) + "."
        body = problem(status=response.status_code, code="invalid", detail=detail, path=path, errors=errors)
    else:
        code = error.default_code if isinstance(error, APIException) else HTTPStatus(response.status_code).name.lower()
        body = problem(status=response.status_code, code=code, detail=str(response.data.get("detail", "")), path=path)
    response.data = body
    response.content_type = CONTENT_TYPE
    return response


def _faults(found: Any, field: str = "") -> Any:
    """DRF nests the sentences by field; here each is a row of its own."""
    if isinstance(found, ErrorDetail | str):
        yield {"field": "" if field == "non_field_errors" else field, "detail": str(found)}
        return
    parts = found.items() if isinstance(found, dict) else ((field, part) for part in found)
    for name, part in parts:
        yield from _faults(part, str(name))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """An address that does not exist: a problem under /api/, a page elsewhere."""
    if not request.path.startswith("/api/"):
        return page_not_found(request, exception)
    return _answer(problem(status=404, code="not_found", detail="There is nothing here.", path=request.path))


def broken(request: HttpRequest) -> HttpResponseBase:
    """An error nobody foresaw; Django has logged it with its traceback, which stays inside."""
    if not request.path.startswith("/api/"):
        return defaults.server_error(request)
    sentence = "The portal made a mistake. Its log has the details; try again later."
    return _answer(problem(status=500, code="error", detail=sentence, path=request.path))


def _answer(body: dict[str, Any]) -> JsonResponse:
    return JsonResponse(body, status=body["status"], content_type=CONTENT_TYPE)
