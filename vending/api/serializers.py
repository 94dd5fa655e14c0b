"""The shapes of the API. Names are part of the contract: add, never rename."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from vending.models import Account, AccountRequest, Run, StepRun

REQUEST: dict[str, Any] = {
    "id": 7,
    "ticket": "AVM-7",
    "status": "awaiting_approval",
    "requester": "rita@example.com",
    "account_name": "payments-dev",
    "email": "aws+payments-dev@example.com",
    "organizational_unit": "Workloads/Dev",
    "environment": "dev",
    "cost_center": "CC-1007",
    "owner": "olga@example.com",
    "approvers": ["anna@example.com"],
    "purpose": "Development of the payment service.",
    "optional_stack_sets": [],
    "monthly_budget": "250.00",
    "content_hash": "0" * 64,
    "received_at": "2026-01-15T09:00:00Z",
    "changed_at": "2026-01-15T09:00:02Z",
    "approved_at": None,
}
ACCOUNT: dict[str, Any] = {
    "id": 3,
    "account_id": "210987654321",
    "name": "payments-dev",
    "email": "aws+payments-dev@example.com",
    "state": "ACTIVE",
    "origin": "vended",
    "ticket": "AVM-7",
    "organizational_unit": "Workloads/Dev",
    "environment": "dev",
    "cost_center": "CC-1007",
    "owner": "olga@example.com",
    "created_at": "2026-01-15T09:26:00Z",
    "ready_at": "2026-01-15T09:29:12Z",
}
STEP: dict[str, Any] = {
    "id": 81,
    "run": 12,
    "step": "tags",
    "title": "Set the tags",
    "position": 3,
    "needs": ["account_ready"],
    "status": "failed",
    "attempt": 1,
    "due_at": None,
    "evidence": "",
    "waiting_for": "",
    "problem": "AWS refuses the tag “cost-center”. Correct its value in the ticket, then retry.",
    "problem_code": "InvalidInputException",
    "started_at": "2026-01-15T09:27:00Z",
    "finished_at": "2026-01-15T09:27:01Z",
}
LISTED_RUN: dict[str, Any] = {
    "id": 12,
    "ticket": "AVM-7",
    "account_id": "210987654321",
    "recipe": "vend",
    "status": "failed",
    "baseline": 1,
    "approved_at": "2026-01-15T09:24:30Z",
    "started_at": "2026-01-15T09:24:31Z",
    "finished_at": None,
}
RUN: dict[str, Any] = {**LISTED_RUN, "steps": [STEP]}


@extend_schema_serializer(examples=[OpenApiExample("Awaiting approval", value=REQUEST, response_only=True)])
class RequestSerializer(serializers.ModelSerializer[AccountRequest]):
    class Meta:
        model = AccountRequest
        fields = tuple(REQUEST)


@extend_schema_serializer(examples=[OpenApiExample("Vended here", value=ACCOUNT, response_only=True)])
class AccountSerializer(serializers.ModelSerializer[Account]):
    ticket = serializers.CharField(source="request.ticket", default="", read_only=True)

    class Meta:
        model = Account
        fields = tuple(ACCOUNT)


@extend_schema_serializer(examples=[OpenApiExample("Failed", value=STEP, response_only=True)])
class StepSerializer(serializers.ModelSerializer[StepRun]):
    class Meta:
        model = StepRun
        fields = tuple(STEP)


@extend_schema_serializer(examples=[OpenApiExample("Failed", value=LISTED_RUN, response_only=True)])
class ListedRunSerializer(serializers.ModelSerializer[Run]):
    """A run in a list: its steps, some twenty each, are at its own address and under /steps/?run=."""

    ticket = serializers.CharField(source="request.ticket", read_only=True)
    account_id = serializers.CharField(source="account.account_id", default="", read_only=True)
    baseline = serializers.IntegerField(source="baseline.version", read_only=True)

    class Meta:
        model = Run
        fields = tuple(LISTED_RUN)


@extend_schema_serializer(examples=[OpenApiExample("Failed at a step", value=RUN, response_only=True)])
class RunSerializer(ListedRunSerializer):
    steps = StepSerializer(many=True, read_only=True)

    class Meta(ListedRunSerializer.Meta):
        fields = tuple(RUN)


class ReasonSerializer(serializers.Serializer[Any]):
    """Why; it is kept in the audit record."""

    reason = serializers.CharField(max_length=500)
