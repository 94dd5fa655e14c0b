"""No secret leaves the doctor, whatever an error text may quote."""

from collections.abc import Iterator
from urllib.parse import quote

from django.conf import settings

NAMES = (
    "SECRET_KEY", "JIRA_API_TOKEN", "JIRA_SETUP_API_TOKEN", "JIRA_WEBHOOK_API_KEY", "JIRA_WEBHOOK_SECRET",
    "AWS_EXTERNAL_ID", "IDENTITY_PORTAL_PASSWORD",
)  # fmt: skip
HIDDEN = "***"
SHORTEST = 6
"""A shorter value would hide half of every sentence; secrets that matter are longer."""


def redact(text: str) -> str:
    """The text without any value of a secret setting, plain or as in an address."""
    for value in sorted(_values(), key=len, reverse=True):
        text = text.replace(value, HIDDEN).replace(quote(value, safe=""), HIDDEN)
    return text


def _values() -> Iterator[str]:
    for name in NAMES:
        value = getattr(settings, name, "")
        for each in [value] if isinstance(value, str) else value:
            if len(each) >= SHORTEST:
                yield each
    for database in settings.DATABASES.values():
        if len(str(database.get("PASSWORD") or "")) >= SHORTEST:
            yield str(database["PASSWORD"])
