"""POST /jira/webhook: prove who it is, take the bytes, store, answer. All work comes later.

202 is said only of what is committed. 401 and 400 are final for Jira; 503 makes native webhooks come again.
"""

from typing import Protocol

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from jira_bridge import credentials, payload, services, storing
from jira_bridge.choices import Source

log = structlog.get_logger(__name__)

CHUNK = 64 * 1024
TRY_AGAIN_AFTER = "30"


class Readable(Protocol):
    """What a body comes from."""

    def read(self, size: int, /) -> bytes: ...


class TooLarge(Exception):
    """The body is larger than anything Jira sends."""


class Unreadable(Exception):
    """The body did not arrive whole."""


@csrf_exempt
def webhook(request: HttpRequest) -> JsonResponse:
    """Take one delivery of Jira."""
    if request.method != "POST":
        return _answer(405, "Send deliveries by POST.", Allow="POST")
    try:
        return _take(request)
    except TooLarge:
        return _refuse(413, "too large", f"The body is larger than {settings.WEBHOOK_MAX_BYTES // 2**20} MB.")
    except Unreadable:
        return _refuse(400, "incomplete", "The body ended early or its length is no number. Send it again.")
    except payload.Malformed as reason:
        return _refuse(400, "malformed", str(reason))
    except DatabaseError:
        log.exception("webhook.not_stored")
        return _answer(503, "The delivery could not be stored. Send it again.", **{"Retry-After": TRY_AGAIN_AFTER})


def _take(request: HttpRequest) -> JsonResponse:
    by_key = credentials.key_matches(request)
    if not by_key and not credentials.may_be_signed(request):
        return _unknown()
    body = _read(request)
    if not by_key and not credentials.signature_matches(request, body):
        return _unknown()
    delivery = storing.store_delivery(
        source=Source.AUTOMATION if by_key else Source.NATIVE,
        body=body,
        document=payload.parse(body),
        headers=dict(request.headers),
    )
    return JsonResponse({"delivery": str(delivery)}, status=202)


def _unknown() -> JsonResponse:
    """The same answer whatever was wrong."""
    return _refuse(401, "credentials", "The key or signature is missing or wrong.")


def _refuse(status: int, reason: str, problem: str) -> JsonResponse:
    """Count the refusal; that the count cannot be written must not change the answer."""
    try:
        services.count_refusal(reason=reason)
    except DatabaseError:
        log.exception("webhook.refusal_not_counted", reason=reason)
    return _answer(status, problem)


def _read(request: HttpRequest) -> bytes:
    """The whole body, but never more than the limit; a length that is announced is believed at once.

    Without a length (chunked) Django's own stream reads nothing: the server's input is read, if that ends by
    itself.
    """
    announced = request.META.get("CONTENT_LENGTH") or ""
    if announced and not (announced.isascii() and announced.isdecimal()):
        raise Unreadable
    if announced and int(announced) > settings.WEBHOOK_MAX_BYTES:
        raise TooLarge
    body = bytearray()
    if announced:
        _fill(body, request)
    elif request.META.get("wsgi.input_terminated"):
        _fill(body, request.META["wsgi.input"])
    if announced and len(body) < int(announced):
        raise Unreadable
    return bytes(body)


def _fill(body: bytearray, stream: Readable) -> None:
    try:
        while chunk := stream.read(CHUNK):
            body += chunk
            if len(body) > settings.WEBHOOK_MAX_BYTES:
                raise TooLarge
    except OSError as error:
        raise Unreadable from error


def _answer(status: int, problem: str, **headers: str) -> JsonResponse:
    return JsonResponse({"problem": problem}, status=status, headers=headers)
