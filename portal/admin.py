"""The tables of others that the portal shows in its own look; users and groups are in portal/people/admin.py."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django_q import admin as queue_admin
from django_q.models import Failure, OrmQ, Schedule, Success

from audit.admin.record import RecordAdmin
from portal.doctor import admin as doctor_admin

# Their own admin modules have registered these when they were imported above. Schedules stay unregistered:
# one bad schedule stops them all, and the portal has none.
__all__ = ["doctor_admin", "queue_admin"]
admin.site.unregister([Failure, OrmQ, Schedule, Success])


class SuperusersOnly(RecordAdmin):
    """django-q2's rows hold unsigned pickles; their list shows plain columns and only to superusers."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_superuser

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_active and request.user.is_superuser


@admin.register(Success)
class SuccessAdmin(SuperusersOnly):
    list_display = ("name", "func", "started", "stopped")
    search_fields = ("name", "func")
    fields = export_fields = ("id", "name", "func", "cluster", "started", "stopped", "attempt_count")


@admin.register(Failure)
class FailureAdmin(SuperusersOnly):
    list_display = ("name", "func", "started", "stopped", "attempt_count")
    search_fields = ("name", "func")
    fields = ("id", "name", "func", "cluster", "started", "stopped", "attempt_count", "result")
    export_fields = fields[:-1]


@admin.register(OrmQ)
class WaitingMessageAdmin(SuperusersOnly):
    list_display = ("id", "key", "lock")
    fields = export_fields = ("id", "key", "lock")
