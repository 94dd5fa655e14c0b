"""Remove the bodies of old deliveries that need them no more; hash, headers and outcome stay."""

from datetime import timedelta

from django.conf import settings

from jira_bridge.models import SETTLED, WebhookDelivery
from taskqueue import clock

AT_ONCE = 500


def prune() -> int:
    """Empty the bodies older than WEBHOOK_KEEP_DAYS of up to 500 settled deliveries; returns how many."""
    if settings.WEBHOOK_KEEP_DAYS <= 0:
        return 0
    now = clock.now()
    old = WebhookDelivery.objects.filter(
        body_removed_at=None, status__in=SETTLED, processed_at__lt=now - timedelta(days=settings.WEBHOOK_KEEP_DAYS)
    )
    ids = list(old.order_by("processed_at").values_list("pk", flat=True)[:AT_ONCE])
    return WebhookDelivery.objects.filter(pk__in=ids, status__in=SETTLED).update(body=b"", body_removed_at=now)
