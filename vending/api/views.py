"""Reading requests, accounts, runs and steps; retry, hold, release, skip and cancel for the permitted."""

from collections.abc import Callable
from typing import Any

import django_filters
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import APIException
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.api import RecordViewSet
from audit.services import Actor
from vending import services
from vending.api.serializers import (
    AccountSerializer,
    ListedRunSerializer,
    ReasonSerializer,
    RequestSerializer,
    RunSerializer,
    StepSerializer,
)
from vending.models import Account, AccountRequest, Run, StepRun


class MayOperate(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.user.has_perms(["vending.view_run", "vending.view_steprun", "vending.operate_run"])


class Conflict(APIException):
    """The state does not allow it."""

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


class RunFilter(django_filters.FilterSet):
    ticket = django_filters.CharFilter(field_name="request__ticket")
    account_id = django_filters.CharFilter(field_name="account__account_id")

    class Meta:
        model = Run
        fields = ("status", "recipe", "request__ticket")


class StepFilter(django_filters.FilterSet):
    ticket = django_filters.CharFilter(field_name="run__request__ticket")
    run = django_filters.NumberFilter(field_name="run_id")

    class Meta:
        model = StepRun
        fields = ("status", "step")


@extend_schema(tags=["requests"])
class RequestViewSet(RecordViewSet):
    """What tickets ask for, newest first."""

    queryset = AccountRequest.objects.all()
    serializer_class = RequestSerializer
    filterset_class = RequestFilter


@extend_schema(tags=["accounts"])
class AccountViewSet(RecordViewSet):
    """AWS accounts, newest first."""

    queryset = Account.objects.select_related("request")
    serializer_class = AccountSerializer
    filterset_fields = ("account_id", "email", "state", "origin", "environment", "cost_center")


def _operation(
    text: str, *, shape: type[serializers.BaseSerializer[Any]], reason: bool = False
) -> Callable[[Any], Any]:
    """An operation of a row: described, POST only, and only for those who may operate runs."""
    example = OpenApiExample("Why", value={"reason": "The owner asked to wait."}, request_only=True)
    described = extend_schema(
        description=text,
        request=ReasonSerializer if reason else None,
        examples=[example] if reason else [],
        responses={200: shape},
    )
    return lambda method: described(action(detail=True, methods=["post"], permission_classes=[MayOperate])(method))


class OperatedViewSet(RecordViewSet):
    """Rows that a service may be asked to change."""

    def _reason(self) -> str:
        given = ReasonSerializer(data=self.request.data)
        given.is_valid(raise_exception=True)
        return str(given.validated_data["reason"])

    def _operate(self, service: Callable[..., Any], name: str, **values: Any) -> Response:
        row = self.get_object()
        try:
            service(**{name: row}, actor=Actor.person(self.request.user.get_username()), **values)
        except services.NotAllowed as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(self.get_serializer(self.get_object()).data)


@extend_schema(tags=["runs"])
class RunViewSet(OperatedViewSet):
    """Runs, newest first; one run alone comes with its steps."""

    queryset = Run.objects.select_related("request", "account", "baseline")
    serializer_class = RunSerializer
    filterset_class = RunFilter

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        return ListedRunSerializer if self.action == "list" else RunSerializer

    @_operation("Run the failed steps again; what is done stays done.", shape=RunSerializer)
    def retry(self, request: Request, pk: str) -> Response:
        return self._operate(services.retry_run, "run")

    @_operation("Start no further step until the run is released.", shape=RunSerializer, reason=True)
    def hold(self, request: Request, pk: str) -> Response:
        return self._operate(services.hold_run, "run", reason=self._reason())

    @_operation("Let a held run go on.", shape=RunSerializer)
    def release(self, request: Request, pk: str) -> Response:
        return self._operate(services.release_run, "run")

    @_operation("End the run for good; what exists in AWS stays.", shape=RunSerializer, reason=True)
    def cancel(self, request: Request, pk: str) -> Response:
        return self._operate(services.cancel_run, "run", reason=self._reason())


@extend_schema(tags=["steps"])
class StepViewSet(OperatedViewSet):
    """The steps of all runs, newest first."""

    queryset = StepRun.objects.select_related("run")
    serializer_class = StepSerializer
    filterset_class = StepFilter

    @_operation("Try a failed step again.", shape=StepSerializer)
    def retry(self, request: Request, pk: str) -> Response:
        return self._operate(services.retry_step, "step_run")

    @_operation("Go on without a failed step.", shape=StepSerializer, reason=True)
    def skip(self, request: Request, pk: str) -> Response:
        return self._operate(services.skip_step, "step_run", reason=self._reason())
