"""Reading requests, accounts and runs; retry, hold, release and cancel for the permitted."""

from collections.abc import Callable
from typing import Any

import django_filters
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import APIException
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.api import NewestFirst, SeenByThePermitted
from audit.services import Actor
from vending import services
from vending.api.serializers import (
    AccountSerializer,
    ProblemSerializer,
    ReasonSerializer,
    RequestSerializer,
    RunSerializer,
)
from vending.models import Account, AccountRequest, Run


class MayOperate(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.user.has_perms(["vending.view_run", "vending.operate_run"])


class Conflict(APIException):
    """The state of the run does not allow it."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "not_allowed"


class RequestFilter(django_filters.FilterSet):
    class Meta:
        model = AccountRequest
        fields = ("ticket", "status", "email", "cost_center", "environment")
        filter_overrides = {
            # the content is kept as text of any length; it is compared whole
            AccountRequest._meta.get_field("email").__class__: {"filter_class": django_filters.CharFilter}
        }


@extend_schema(tags=["requests"])
class RequestViewSet(viewsets.ReadOnlyModelViewSet[Any]):
    """What tickets ask for, newest first."""

    queryset = AccountRequest.objects.all()
    serializer_class = RequestSerializer
    permission_classes = (SeenByThePermitted,)
    pagination_class = NewestFirst
    filterset_class = RequestFilter


@extend_schema(tags=["accounts"])
class AccountViewSet(viewsets.ReadOnlyModelViewSet[Any]):
    """AWS accounts, newest first."""

    queryset = Account.objects.select_related("request")
    serializer_class = AccountSerializer
    permission_classes = (SeenByThePermitted,)
    pagination_class = NewestFirst
    filterset_fields = ("account_id", "email", "state", "origin", "environment", "cost_center")


def _operation(text: str, *, reason: bool = False) -> Callable[[Any], Any]:
    example = OpenApiExample("Why", value={"reason": "The owner asked to wait."}, request_only=True)
    return extend_schema(
        tags=["runs"],
        description=text,
        request=ReasonSerializer if reason else None,
        examples=[example] if reason else [],
        responses={200: RunSerializer, 409: ProblemSerializer},
    )


@extend_schema(tags=["runs"])
class RunViewSet(viewsets.ReadOnlyModelViewSet[Any]):
    """Runs with their steps, newest first."""

    queryset = Run.objects.select_related("request", "account", "baseline").prefetch_related("steps")
    serializer_class = RunSerializer
    permission_classes = (SeenByThePermitted,)
    pagination_class = NewestFirst
    filterset_fields = {"status": ["exact"], "recipe": ["exact"], "request__ticket": ["exact"]}

    @_operation("Run the failed steps again; what is done stays done.")
    @action(detail=True, methods=["post"], permission_classes=[MayOperate])
    def retry(self, request: Request, pk: str) -> Response:
        return self._operate(services.retry_run)

    @_operation("Start no further step until the run is released.", reason=True)
    @action(detail=True, methods=["post"], permission_classes=[MayOperate])
    def hold(self, request: Request, pk: str) -> Response:
        return self._operate(services.hold_run, reason=self._reason())

    @_operation("Let a held run go on.")
    @action(detail=True, methods=["post"], permission_classes=[MayOperate])
    def release(self, request: Request, pk: str) -> Response:
        return self._operate(services.release_run)

    @_operation("End the run for good; what exists in AWS stays.", reason=True)
    @action(detail=True, methods=["post"], permission_classes=[MayOperate])
    def cancel(self, request: Request, pk: str) -> Response:
        return self._operate(services.cancel_run, reason=self._reason())

    def _reason(self) -> str:
        given = ReasonSerializer(data=self.request.data)
        given.is_valid(raise_exception=True)
        return str(given.validated_data["reason"])

    def _operate(self, service: Callable[..., Any], **values: Any) -> Response:
        run = self.get_object()
        try:
            service(run=run, actor=Actor.person(self.request.user.get_username()), **values)
        except services.NotAllowed as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(self.get_serializer(self.get_object()).data)
