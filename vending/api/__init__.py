"""Requests, accounts, runs and steps over the API."""

from vending.api.views import AccountViewSet, RequestViewSet, RunViewSet, StepViewSet

__all__ = ["AccountViewSet", "RequestViewSet", "RunViewSet", "StepViewSet"]
