"""The page of API tokens: one's own, and for who manages people also theirs."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget

from audit.services import Actor
from portal.people.models import ApiToken
from portal.people.rights import managed_by
from portal.people.tokens import make_token, revoke_token


def _owner_choices(editor: User) -> QuerySet[User]:
    """Whose tokens this person may make, see and revoke."""
    if not editor.has_perm("auth.change_user"):
        return User.objects.filter(pk=editor.pk)
    return User.objects.filter(Q(pk=editor.pk) | Q(pk__in=managed_by(editor)))


def _editor(request: HttpRequest) -> User:
    return cast(User, request.user)


@admin.register(ApiToken)
class ApiTokenAdmin(ModelAdmin):
    """No rights from groups: everybody who may use the portal has tokens of their own."""

    fields = ("name", "user")
    list_display = ("name", "user", "made_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("name", "user__username")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _editor(request).is_active and _editor(request).is_staff

    def has_view_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiToken]:
        """What somebody may not manage is not there for them."""
        return super().get_queryset(request).filter(user__in=_owner_choices(_editor(request)))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **values: Any) -> Any:
        if db_field.name == "user":
            owners = _owner_choices(_editor(request))
            label = capfirst(db_field.verbose_name)
            return forms.ModelChoiceField(owners, label=label, initial=_editor(request), widget=UnfoldAdminSelectWidget)
        return super().formfield_for_foreignkey(db_field, request, **values)

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        actor = Actor.person(_editor(request).get_username())
        made, secret = make_token(user=obj.user, name=obj.name, actor=actor)
        obj.pk, obj.digest, obj.made_at = made.pk, made.digest, made.made_at
        request.made_secret = secret  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: ApiToken, post_url_continue: Any = None) -> HttpResponse:
        """Shown in the answer itself: nothing in between keeps it."""
        context = {
            **self.admin_site.each_context(request),
            "title": str(obj),
            "token": obj,
            "secret": request.made_secret,  # type: ignore[attr-defined]
        }
        return TemplateResponse(request, "people/token.html", context)

    def delete_model(self, request: HttpRequest, obj: ApiToken) -> None:
        revoke_token(token=obj, actor=Actor.person(_editor(request).get_username()))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        for token in queryset:
            self.delete_model(request, token)
