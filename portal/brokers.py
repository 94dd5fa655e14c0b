"""Which broker carries the queue: PostgreSQL, or what QUEUE_URL names."""

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

POSTGRES = "taskqueue.broker.PostgresBroker"
SQS_WAIT = 5
"""Seconds of SQS's long polling: an empty queue costs a request each time, and a stop waits so long."""


def options(url: str, broker: str) -> dict[str, Any]:
    """The part of Q_CLUSTER that says which broker; `broker` names a class where the address does not say enough.

    Raises ImproperlyConfigured.
    """
    address = urlsplit(url)
    match address.scheme:
        case "":
            return {"broker_class": broker or POSTGRES}
        case "redis" | "rediss":
            return {"broker_class": broker or "django_q.brokers.redis_broker.Redis", "redis": url}
        case "sqs" if address.hostname:
            sqs = {"aws_region": address.hostname, "receive_message_wait_time_seconds": SQS_WAIT}
            return {"broker_class": broker or "django_q.brokers.aws_sqs.Sqs", "sqs": sqs}
    raise ImproperlyConfigured("QUEUE_URL must be redis://host:port/0, rediss://…, or sqs://region.")
