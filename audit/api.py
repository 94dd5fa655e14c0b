"""Events over the API, and what every read of the API has in common."""

from datetime import UTC, datetime
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import conditional_page
from django_filters.fields import IsoDateTimeField
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers, viewsets
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.permissions import DjangoModelPermissions
from rest_framework.request import Request
from rest_framework.response import Response

from audit.models import Event


class SeenByThePermitted(DjangoModelPermissions):
    """DRF lets every signed-in person read; here reading needs the view permission too."""

    perms_map = {**DjangoModelPermissions.perms_map, "GET": ["%(app_label)s.view_%(model_name)s"]}
    perms_map |= {"HEAD": perms_map["GET"], "OPTIONS": perms_map["GET"]}


class NewestFirst(CursorPagination):
    """Pages that stay right while rows are added."""

    ordering = "-id"
    page_size_query_param = "page_size"
    page_size_query_description = "How many rows a page has: 1 to 200, 50 unless told."
    max_page_size = 200

    def decode_cursor(self, request: Request) -> Cursor | None:
        """DRF compares whatever stands in a cursor with the id; ours are numbers, and a forged one is no page."""
        cursor = super().decode_cursor(request)
        if cursor is not None and not str(cursor.position or "0").isdecimal():
            raise NotFound(self.invalid_cursor_message)
        return cursor


@method_decorator(conditional_page, name="dispatch")
class RecordViewSet(viewsets.ReadOnlyModelViewSet[Any]):
    """Rows to read, newest first. An answer has an ETag; asked with If-None-Match, an unchanged one is a 304."""

    permission_classes = (SeenByThePermitted,)
    pagination_class = NewestFirst
    lookup_value_regex = "[0-9]{1,18}"

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """What one person may see must not be kept for another."""
        response = super().finalize_response(request, response, *args, **kwargs)
        patch_cache_control(response, private=True, no_cache=True)
        patch_vary_headers(response, ["Authorization", "Cookie"])
        return response


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


class MomentField(IsoDateTimeField):
    """A moment in UTC: PostgreSQL refuses offsets of 16 hours and more, which ISO 8601 and Python allow."""

    def clean(self, value: Any) -> datetime | None:
        given: datetime | None = super().clean(value)
        try:
            return given.astimezone(UTC) if given else None
        except OverflowError as error:
            raise ValidationError(_("Enter a moment between the years 1 and 9999.")) from error


class MomentFilter(django_filters.IsoDateTimeFilter):
    field_class = MomentField


class EventFilter(django_filters.FilterSet):
    after = MomentFilter(field_name="at", lookup_expr="gte", label="Not before this moment")
    until = MomentFilter(field_name="at", lookup_expr="lt", label="Before this moment")

    class Meta:
        model = Event
        fields = ("ticket", "account_id", "run_id", "action")


@extend_schema(tags=["events"])
class EventViewSet(RecordViewSet):
    """The audit stream, newest first."""

    queryset = Event.objects.all()
    serializer_class = EventSerializer
    filterset_class = EventFilter
