"""The page of API tokens: one's own, and for who manages people also theirs."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget

from audit.labels import label, moment_label
from audit.services import Actor
from portal.people.models import ApiToken
from portal.people.rights import managed_by
from portal.people.tokens import TokenState, make_token, revoke_token


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

    list_display = ("name", "user", "made_at", "end", "last_used_at")
    readonly_fields = ("end",)
    list_select_related = ("user",)
    search_fields = ("name", "user__username")

    @admin.display(description=_("ends"), ordering="ends_at")
    def end(self, row: ApiToken) -> SafeString | str:
        """The moment, and in colour whether that is past or soon."""
        state = TokenState.of(row)
        return format_html("{} {}", label(state), moment_label(row.ends_at)) if state else moment_label(row.ends_at)

    def get_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> Any:
        return ("name", "user", "end") if obj else ("name", "user")

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One button when a token is made: what follows is the page that shows it."""
        one = {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().changeform_view(request, object_id, form_url, {**one, **(extra_context or {})})

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
        obj.pk, obj.digest, obj.made_at, obj.ends_at = made.pk, made.digest, made.made_at, made.ends_at
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
