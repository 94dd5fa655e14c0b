"""The pages of users and groups."""

from typing import Any, cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from audit.admin.operations import Operation, OperationsMixin
from audit.services import Actor
from portal.groups import GROUPS
from portal.people import rights, services
from portal.people.second_factor import has_second_factor
from portal.people.token_admin import ApiTokenAdmin

__all__ = ["ApiTokenAdmin"]

admin.site.unregister([User, Group, EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken, UserSession])
FROM_SIGN_ON = _("The identity provider says at each sign-in which groups this person has; change them there.")


def _editor(request: HttpRequest) -> User:
    return cast(User, request.user)


class WithHistory(ModelAdmin):
    """Shows the button to the page of earlier changes, which the portal's records do not need."""

    class Media:
        css = {"all": ("portal/people.css",)}
        js = ("portal/people.js",)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return super().changeform_view(request, object_id, form_url, {"show_history": True, **(extra_context or {})})


@admin.register(User)
class PortalUserAdmin(OperationsMixin, WithHistory, UserAdmin, ModelAdmin):
    """People. Rights come from groups; what else gives rights is a superuser's affair."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    change_form_template = "people/user.html"
    list_display = ("username", "first_name", "last_name", "email", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser", "groups")
    readonly_fields = ("last_login", "date_joined")
    operations = (
        Operation(
            name="forget-second-factor",
            label=_("Remove second factor"),
            question=_(
                "For a lost phone: every session of this person ends, and at the next sign-in they set up a new "
                "authenticator app."
            ),
            done=_("The second factor is removed, and every session of this person is ended."),
            permission="auth.change_user",
            offered=has_second_factor,
            perform=services.remove_second_factor,
            refusal=services.NothingToRemove,
            asks_reason=True,
            danger=True,
        ),
    )

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return super().get_fieldsets(request, obj)
        own = ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")
        given = own if _editor(request).is_superuser else ("is_active", "is_staff", "groups")
        note = FROM_SIGN_ON if _comes_by_sign_on(obj) else None
        return (
            (None, {"fields": ("username", "password")}),
            (_("Person"), {"fields": ("first_name", "last_name", "email")}),
            (_("Rights"), {"fields": given, "description": note}),
            (_("Dates"), {"fields": ("last_login", "date_joined")}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """A name is for good: the record tells people apart by it."""
        fields = tuple(super().get_readonly_fields(request, obj))
        if obj is None:
            return fields
        return (*fields, "username", "groups") if _comes_by_sign_on(obj) else (*fields, "username")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **values: Any) -> Any:
        if db_field.name == "groups":
            values["queryset"] = rights.groups_to_give(_editor(request)).order_by("name")
            values["widget"] = UnfoldAdminCheckboxSelectMultipleWidget
            return db_field.formfield(**values, help_text="")
        return _said(super().formfield_for_manytomany(db_field, request, **values), db_field)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or rights.may_manage(_editor(request), obj))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody: the record names them. Deactivating ends all access at once."""
        return False

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        person = self.get_object(request, id)
        if person is not None and _comes_by_sign_on(person):
            raise PermissionDenied(_("A password would open a way past the identity provider."))
        with transaction.atomic():
            answer = super().user_change_password(request, id, form_url)
            if person is not None:
                actor = Actor.person(_editor(request).get_username())
                services.record_password(actor=actor, user=person, before=person.password)
        return answer

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        person = self.get_object(request, object_id) if object_id else None
        buttons = self.buttons(request, person) if person else []
        return super().changeform_view(request, object_id, form_url, {"buttons": buttons, **(extra_context or {})})

    def buttons(self, request: HttpRequest, row: User) -> list[Any]:
        return super().buttons(request, row) if self.has_change_permission(request, row) else []

    def operation_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        person = self.get_object(request, object_id)
        if person is not None and not self.has_change_permission(request, person):
            raise PermissionDenied
        return super().operation_view(request, object_id, name)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        form.rights_before = services.rights_of(User.objects.get(pk=obj.pk)) if change else None
        if not change:
            obj.is_staff = True  # every user of the portal is one of its admin
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        actor = Actor.person(_editor(request).get_username())
        services.record_rights(actor=actor, user=form.instance, before=form.rights_before)


@admin.register(Group)
class PortalGroupAdmin(WithHistory, GroupAdmin, ModelAdmin):
    """Groups. Only what one holds can be put into one."""

    def get_readonly_fields(self, request: HttpRequest, obj: Group | None = None) -> Any:
        return ("name",) if obj is not None and obj.name in GROUPS else ()

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest | None = None, **values: Any) -> Any:
        if db_field.name == "permissions" and request is not None:
            values["queryset"] = rights.permissions_to_give(_editor(request))
        return _said(super().formfield_for_manytomany(db_field, request, **values), db_field)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or rights.may_manage_group(_editor(request), obj))

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """Not the portal's own groups: the next migrate would bring them back, without their members."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or (obj.name not in GROUPS and self.has_change_permission(request, obj)))

    def save_model(self, request: HttpRequest, obj: Group, form: Any, change: bool) -> None:
        form.held_before = services.held_by(Group.objects.get(pk=obj.pk)) if change else None
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        actor = Actor.person(_editor(request).get_username())
        services.record_group(actor=actor, group=form.instance, before=form.held_before)

    def delete_model(self, request: HttpRequest, obj: Group) -> None:
        services.delete_group(group=obj, actor=Actor.person(_editor(request).get_username()))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Group]) -> None:
        for group in queryset:
            self.delete_model(request, group)


def _comes_by_sign_on(person: User) -> bool:
    return SocialAccount.objects.filter(user=person).exists()


def _said(field: Any, db_field: Any) -> Any:
    """Permissions in the language in use; their rows keep them in English."""
    if db_field.name in ("permissions", "user_permissions"):
        field.label_from_instance = rights.in_words
    return field
