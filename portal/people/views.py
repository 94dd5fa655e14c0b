"""The sign-in page."""

from typing import Any

from allauth.account.views import LoginView
from allauth.socialaccount.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _


class SignInView(LoginView):
    """Single sign-on, a password, or both, as the settings have it."""

    template_name = "people/sign_in.html"

    def dispatch(self, request: HttpRequest, *args: Any, **values: Any) -> HttpResponseBase:
        if not isinstance(request.user, AnonymousUser) and not request.user.is_staff:
            # the admin would send them here again
            return render(request, "people/not_staff.html", status=403)
        answer: HttpResponseBase = super().dispatch(request, *args, **values)
        return answer

    def post(self, request: HttpRequest, *args: Any, **values: Any) -> Any:
        if not settings.LOCAL_LOGIN:
            raise PermissionDenied(_("Passwords are switched off here. Use single sign-on."))
        return super().post(request, *args, **values)

    def get_context_data(self, **values: Any) -> dict[str, Any]:
        next_page = self.get_next_url()
        ways = [
            {"name": provider.name, "address": provider.get_login_url(self.request, **_next(next_page))}
            for provider in get_adapter().list_providers(self.request)
        ]
        return super().get_context_data(**values) | {"ways": ways, "local": settings.LOCAL_LOGIN}


def _next(page: str | None) -> dict[str, str]:
    return {"next": page} if page else {}
