"""The addresses of the API, version 1. They are a promise: add, never rename."""

from rest_framework.routers import SimpleRouter

from audit.api import EventViewSet
from vending.api import AccountViewSet, RequestViewSet, RunViewSet, StepViewSet

router = SimpleRouter()
router.register("requests", RequestViewSet, basename="request")
router.register("accounts", AccountViewSet, basename="account")
router.register("runs", RunViewSet, basename="run")
router.register("steps", StepViewSet, basename="step")
router.register("events", EventViewSet, basename="event")

urlpatterns = router.urls
