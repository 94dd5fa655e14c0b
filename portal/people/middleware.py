"""What every request of a signed-in person must meet: a session neither too old nor idle, and a second factor."""

import time
from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from portal.people.presence import BEGUN, SEEN, note_presence
from portal.people.second_factor import has_second_factor, needs_second_factor

Answer = Callable[[HttpRequest], HttpResponse]
NOTED_EVERY = 60
"""Seconds between two notes of somebody's presence, so that not every page writes."""
FREE_ROUTES = frozenset(
    {"logout", "account_reauthenticate", "mfa_reauthenticate", "mfa_activate_totp", "account_login"}
)
"""Where somebody may go who still has to set up a second factor."""


class SessionRulesMiddleware:
    """Ends a session that is SESSION_HOURS old or was idle for SESSION_IDLE_MINUTES.

    A page that renews itself does not count as presence: browsers mark what a script fetched.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and not self._goes_on(request):
            logout(request)
        return self.get_response(request)

    def _goes_on(self, request: HttpRequest) -> bool:
        now = time.time()
        begun, seen = request.session.get(BEGUN), request.session.get(SEEN)
        if begun is None or seen is None:  # nobody signed in for it
            return False
        if now - begun > settings.SESSION_COOKIE_AGE or now - seen > settings.SESSION_IDLE_SECONDS:
            return False
        if now - seen > NOTED_EVERY and request.headers.get("Sec-Fetch-Dest") != "empty":
            note_presence(request.session)
        return True


class SecondFactorMiddleware:
    """Leads who signed in by password and has rights to change things to the page that sets up a second factor."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _values: Any) -> HttpResponse | None:
        user = request.user
        if not settings.SECOND_FACTOR_REQUIRED or not isinstance(user, User) or _is_free(request):
            return None
        if _shown_enough(request) or not needs_second_factor(user) or has_second_factor(user):
            return None
        if request.path.startswith("/api/"):
            return JsonResponse({"detail": "Set up your second factor in the portal first."}, status=403)
        return HttpResponseRedirect(reverse("mfa_activate_totp"))


def _shown_enough(request: HttpRequest) -> bool:
    """The session holds a second factor or the word of the identity provider."""
    methods = {record.get("method") for record in request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])}
    return bool(methods & {"mfa", "socialaccount"})


def _is_free(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.url_name in FREE_ROUTES
