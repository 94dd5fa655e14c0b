"""Whether a delivery comes from Jira: Automation's key, or the signature of a native webhook.

Two values of each are accepted at once while a secret is being changed. Comparison takes the same time for
every kind of wrong; an empty secret never matches, since anybody can compute with it.
"""

import hashlib
import hmac

from django.conf import settings
from django.http import HttpRequest

API_KEY_HEADER = "X-API-Key"
SIGNATURE_HEADER = "X-Hub-Signature"


def key_matches(request: HttpRequest) -> bool:
    """Whether the request carries one of the keys (JIRA_WEBHOOK_API_KEY)."""
    given = request.headers.get(API_KEY_HEADER, "").encode()
    matches = [hmac.compare_digest(given, key.encode()) for key in settings.JIRA_WEBHOOK_API_KEY if key]
    return any(matches) and bool(given)


def may_be_signed(request: HttpRequest) -> bool:
    """Whether there is a signature worth reading the body for: SHA-256, and a secret to hold it against."""
    given = request.headers.get(SIGNATURE_HEADER, "")
    return given.startswith("sha256=") and len(given) == 71 and any(settings.JIRA_WEBHOOK_SECRET)


def signature_matches(request: HttpRequest, body: bytes) -> bool:
    """Whether the signature over the raw bytes was made with one of the secrets (JIRA_WEBHOOK_SECRET)."""
    given = request.headers.get(SIGNATURE_HEADER, "").encode()
    matches = [
        hmac.compare_digest(given, b"sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode())
        for secret in settings.JIRA_WEBHOOK_SECRET
        if secret
    ]
    return any(matches)
