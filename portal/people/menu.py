"""What the menu under a person's name offers: their password and second factor, where they have a password here."""

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


def own_pages(request: HttpRequest) -> list[dict[str, Any]]:
    if not isinstance(request.user, User) or not request.user.has_usable_password():
        return []
    return [
        {"title": _("Change password"), "link": reverse("admin:password_change")},
        {"title": _("Second factor"), "link": reverse("mfa_index")},
    ]
