"""What the portal's own rows say about Jira."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Sum

from jira_bridge.choices import Meaning, RequestField, Source
from jira_bridge.models import AcceptedType, FieldMapping, Refusal, StatusMapping, WebhookDelivery
from taskqueue import clock

LATELY = timedelta(hours=24)


@dataclass(frozen=True)
class Known:
    """The mapping, and what came in: the newest delivery of each source, refusals of the last day by reason."""

    types: tuple[str, ...]
    fields: dict[RequestField, str]
    statuses: dict[Meaning, list[str]]
    newest: dict[Source, datetime]
    refused: dict[str, int]

    def statuses_of(self, meaning: Meaning) -> list[str]:
        return self.statuses.get(meaning, [])


def read() -> Known:
    """Raises DatabaseError."""
    with transaction.atomic():
        statuses: dict[Meaning, list[str]] = {}
        for row in StatusMapping.objects.all():
            statuses.setdefault(Meaning(row.meaning), []).append(row.jira_status)
        newest = WebhookDelivery.objects.order_by().values_list("source").annotate(Max("received_at"))
        lately = Refusal.objects.filter(hour__gte=clock.now() - LATELY).order_by()
        return Known(
            types=tuple(AcceptedType.objects.values_list("name", flat=True)),
            fields={RequestField(row.field): row.jira_id for row in FieldMapping.objects.all()},
            statuses=statuses,
            newest={Source(source): at for source, at in newest},
            refused=dict(lately.values_list("reason").annotate(Sum("count"))),
        )
