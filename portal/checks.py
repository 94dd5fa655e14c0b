"""System checks: settings that would fail silently later are refused at the start."""

from collections.abc import Sequence
from math import ceil
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from audit import deliveries
from vending.engine import lease

GUARD_SECONDS = 3
"""django-q2 kills a worker this long after its task's timeout."""
SHORTEST_SECRET = 16


@register()
def queue_times(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """A message must not be handed out a second time while the first may still run.

    `retry` counts from the moment a message leaves the queue, so the tasks before it count too.
    """
    queue = settings.Q_CLUSTER
    shortest = queue["timeout"] * (1 + ceil((queue["queue_limit"] + 1) / queue["workers"]))
    found: list[CheckMessage] = []
    if queue["retry"] < shortest:
        found.append(
            Error(
                f"Q_CLUSTER retry is {queue['retry']} s; tasks would run twice.",
                hint=f"It must be at least {shortest} s: timeout * (1 + ceil((queue_limit + 1) / workers)).",
                id="portal.E001",
            )
        )
    for module in (deliveries, lease):
        if module.LEASE.total_seconds() < queue["timeout"] + GUARD_SECONDS:
            found.append(
                Error(
                    f"{module.__name__}.LEASE ends before a worker is stopped by its timeout.",
                    hint=f"Make it at least {queue['timeout'] + GUARD_SECONDS} s.",
                    id="portal.E002",
                )
            )
    return found


@register()
def webhook_secrets(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Short secrets of the Jira door can be guessed."""
    if settings.DEBUG:
        return []
    return [
        Error(
            f"A value of {name} is shorter than {SHORTEST_SECRET} characters.",
            hint=f"Set {name} to a random value, for example from `openssl rand -hex 32`.",
            id="portal.E003",
        )
        for name in ("JIRA_WEBHOOK_API_KEY", "JIRA_WEBHOOK_SECRET")
        if any(len(value) < SHORTEST_SECRET for value in getattr(settings, name))
    ]


@register(deploy=True)
def open_door(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Without any credential the door refuses every webhook; without https they travel readable."""
    found: list[CheckMessage] = []
    if not settings.JIRA_WEBHOOK_API_KEY and not settings.JIRA_WEBHOOK_SECRET:
        found.append(
            Warning(
                "No webhook credential is set: every webhook is refused.",
                hint="Set JIRA_WEBHOOK_API_KEY (Automation), JIRA_WEBHOOK_SECRET (native webhooks), or both.",
                id="portal.W001",
            )
        )
    if not settings.HTTPS:
        found.append(
            Warning(
                "PORTAL_BASE_URL does not begin with https: passwords and webhook keys travel readable.",
                hint="Put a proxy with a certificate in front and set PORTAL_BASE_URL to its address.",
                id="portal.W002",
            )
        )
    return found
