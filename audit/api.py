"""Events over the API, for reading."""

from typing import Any

import django_filters
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers, viewsets
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import DjangoModelPermissions

from audit.models import Event


class SeenByThePermitted(DjangoModelPermissions):
    """DRF lets every signed-in person read; here reading needs the view permission too."""

    perms_map = {**DjangoModelPermissions.perms_map, "GET": ["%(app_label)s.view_%(model_name)s"]}
    perms_map |= {"HEAD": perms_map["GET"], "OPTIONS": perms_map["GET"]}


class NewestFirst(CursorPagination):
    """Pages that stay right while rows are added."""

    ordering = "-id"
    page_size_query_param = "page_size"
    max_page_size = 200


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A run that started",
            value={
                "id": 4711,
                "at": "2026-01-15T09:24:31Z",
                "actor_kind": "jira",
                "actor": "Gus Gas",
                "action": "run.started",
                "summary": "Vending payments-dev in 7 steps.",
                "target_kind": "run",
                "target_id": 12,
                "ticket": "AVM-7",
                "run_id": 12,
                "account_id": "",
                "before": None,
                "after": {"baseline": 1},
                "aws_request_ids": [],
            },
            response_only=True,
        )
    ]
)
class EventSerializer(serializers.ModelSerializer[Event]):
    class Meta:
        model = Event
        fields = (
            "id", "at", "actor_kind", "actor", "action", "summary", "target_kind", "target_id", "ticket",
            "run_id", "account_id", "before", "after", "aws_request_ids",
        )  # fmt: skip


class EventFilter(django_filters.FilterSet):
    after = django_filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte")
    until = django_filters.IsoDateTimeFilter(field_name="at", lookup_expr="lt")

    class Meta:
        model = Event
        fields = ("ticket", "account_id", "run_id", "action")


@extend_schema(tags=["events"])
class EventViewSet(viewsets.ReadOnlyModelViewSet[Any]):
    """The audit stream, newest first."""

    queryset = Event.objects.all()
    serializer_class = EventSerializer
    permission_classes = (SeenByThePermitted,)
    pagination_class = NewestFirst
    filterset_class = EventFilter
