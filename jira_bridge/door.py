"""POST /jira/webhook: prove who it is, take the bytes, store, answer. All work comes later.

202 is said only of what is committed. 401 and 400 are final for Jira; 503 makes native webhooks come again.
"""

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from jira_bridge import credentials, payload, services
from jira_bridge.choices import Source

CHUNK = 64 * 1024
TRY_AGAIN_AFTER = "30"


class TooLarge(Exception):
    """The body is larger than anything Jira sends."""


@csrf_exempt
def webhook(request: HttpRequest) -> JsonResponse:
    """Take one delivery of Jira."""
    if request.method != "POST":
        return _answer(405, "Send deliveries by POST.", Allow="POST")
    try:
        return _take(request)
    except TooLarge:
        return _answer(413, f"The body is larger than {settings.WEBHOOK_MAX_BYTES // 2**20} MB.")
    except payload.Malformed as reason:
        services.count_refusal(reason="malformed")
        return _answer(400, str(reason))
    except DatabaseError:
        return _answer(503, "The delivery could not be stored. Send it again.", **{"Retry-After": TRY_AGAIN_AFTER})


def _take(request: HttpRequest) -> JsonResponse:
    by_key = credentials.key_matches(request)
    if not by_key and not credentials.may_be_signed(request):
        return _refuse()
    body = _read(request)
    if not by_key and not credentials.signature_matches(request, body):
        return _refuse()
    document = payload.parse(body)
    delivery = services.store_delivery(
        source=Source.AUTOMATION if by_key else Source.NATIVE,
        body=body,
        document=document,
        headers=dict(request.headers),
    )
    return JsonResponse({"delivery": str(delivery)}, status=202)


def _refuse() -> JsonResponse:
    """The same answer whatever was wrong."""
    services.count_refusal(reason="credentials")
    return _answer(401, "The key or signature is missing or wrong.")


def _read(request: HttpRequest) -> bytes:
    """The whole body, but never more than the limit; a length that is announced is believed at once."""
    announced = request.META.get("CONTENT_LENGTH") or ""
    if announced.isdigit() and int(announced) > settings.WEBHOOK_MAX_BYTES:
        raise TooLarge
    # a chunked body has no length: Django's own stream reads nothing of it, the server's input ends by itself
    chunked = "chunked" in request.headers.get("Transfer-Encoding", "").lower()
    stream = request.META["wsgi.input"] if chunked and not announced else request
    body = bytearray()
    while chunk := stream.read(CHUNK):
        body += chunk
        if len(body) > settings.WEBHOOK_MAX_BYTES:
            raise TooLarge
    return bytes(body)


def _answer(status: int, problem: str, **headers: str) -> JsonResponse:
    return JsonResponse({"problem": problem}, status=status, headers=headers)
