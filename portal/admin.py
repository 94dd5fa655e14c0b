"""People and the queue's own tables, in the portal's look."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from django_q import admin as queue_admin
from django_q.models import Failure, OrmQ, Schedule, Success
from rest_framework.authtoken.admin import TokenAdmin
from rest_framework.authtoken.models import TokenProxy
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from audit.admin.record import RecordAdmin

# Their own admin modules have registered these when they were imported above. Schedules stay unregistered:
# one bad schedule stops them all, and the portal has none.
__all__ = ["queue_admin"]
admin.site.unregister([User, Group, Failure, OrmQ, Schedule, Success, TokenProxy])


@admin.register(User)
class PortalUserAdmin(UserAdmin, ModelAdmin):
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "first_name", "last_name", "email", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "groups")


@admin.register(Group)
class PortalGroupAdmin(GroupAdmin, ModelAdmin):
    pass


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
    fields = ("id", "name", "func", "cluster", "started", "stopped", "attempt_count")


@admin.register(Failure)
class FailureAdmin(SuperusersOnly):
    list_display = ("name", "func", "started", "stopped", "attempt_count")
    search_fields = ("name", "func")
    fields = ("id", "name", "func", "cluster", "started", "stopped", "attempt_count", "result")


@admin.register(OrmQ)
class WaitingMessageAdmin(SuperusersOnly):
    list_display = ("id", "key", "lock")
    fields = ("id", "key", "lock")


@admin.register(TokenProxy)
class PortalTokenAdmin(TokenAdmin, ModelAdmin):
    """Tokens of the API; a token is worth its user's permissions."""

    autocomplete_fields = ("user",)
