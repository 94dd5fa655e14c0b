"""Requests, accounts and runs over the API."""

from vending.api.views import AccountViewSet, RequestViewSet, RunViewSet

__all__ = ["AccountViewSet", "RequestViewSet", "RunViewSet"]
