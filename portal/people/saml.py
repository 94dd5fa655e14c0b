"""SAML 2.0: what python3-saml and django-allauth leave open is closed here."""

import time
from typing import Any

from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.saml.provider import SAMLProvider
from allauth.socialaccount.providers.saml.views import FinishACSView, SLSView
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.constants import OneLogin_Saml2_Constants

SHORTEST_MEMORY = 600
"""Seconds. Assertions are remembered until they end, and at least as long as a sign-in may take."""


class PortalSaml(SAMLProvider):
    """Takes each assertion once, and only for people whose name at the provider lasts."""

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        given = super().get_redirect_from_request_kwargs(request)
        return {"process": AuthProcess.LOGIN, "next_url": given.get("next_url")}

    def sociallogin_from_response(self, request: HttpRequest, response: OneLogin_Saml2_Auth) -> SocialLogin:
        """Raises PermissionDenied for an assertion that was used before or names nobody for good."""
        ends = response.get_last_assertion_not_on_or_after() or 0
        key = f"saml assertion {response.get_last_assertion_id()}"
        if not cache.add(key, True, max(SHORTEST_MEMORY, ends - time.time())):
            raise PermissionDenied(_("This assertion was used before."))
        transient = response.get_nameid_format() == OneLogin_Saml2_Constants.NAMEID_TRANSIENT
        if transient and "uid" not in self._extract(response):
            raise PermissionDenied(_("The identity provider sends a name that changes at every sign-in."))
        login: SocialLogin = super().sociallogin_from_response(request, response)
        return login


class PortalFinishACSView(FinishACSView):
    """A refusal comes as a page that says what to do, not as a bare 403."""

    def dispatch(self, request: HttpRequest, organization_slug: str) -> HttpResponse:
        try:
            answer: HttpResponse = super().dispatch(request, organization_slug)
        except (PermissionDenied, ValueError, SyntaxError) as problem:  # what is no XML is a SyntaxError
            provider = self.get_provider(organization_slug)
            answer = render_authentication_error(request, provider, exception=problem)
        return answer


@method_decorator(login_not_required, name="dispatch")
class SignedLogoutView(SLSView):
    """Signs out at the identity provider's wish, which must be signed: else any link could do it."""

    def dispatch(self, request: HttpRequest, organization_slug: str) -> HttpResponse:
        if "Signature" not in request.GET:
            raise PermissionDenied(_("The request to sign out is not signed."))
        answer: HttpResponse = super().dispatch(request, organization_slug)
        return answer
