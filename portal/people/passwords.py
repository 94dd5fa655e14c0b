"""Signing in with a name and a password of the portal's own."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import LoginForm
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget


class PasswordBackend(AuthenticationBackend):
    """Knows no password at all while LOCAL_LOGIN is off, whichever page asks."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> AbstractBaseUser | None:
        if not settings.LOCAL_LOGIN:
            return None
        return super().authenticate(request, **credentials)


class PasswordForm(LoginForm):
    """The sign-in form in the portal's look."""

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.fields["login"].widget = UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none"}
        )
        self.fields["password"].widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "current-password"})
        self.fields["password"].help_text = ""

    def add_prefix(self, field_name: str) -> str:
        """The name is sent as “username”, as Django's own form has it and scripts know it."""
        return super().add_prefix("username" if field_name == "login" else field_name)
