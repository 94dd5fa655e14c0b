"""OpenID Connect, checked as its specification demands of a client (OpenID Connect Core 1.0, 3.1.3.7)."""

from typing import Any

from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import get_random_string

from portal.people.sso import OIDC


class PortalOidcAdapter(OpenIDConnectOAuth2Adapter):
    """Takes nothing but a signed ID token of the configured issuer, made for this very sign-in."""

    expected_nonce = ""

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **values: Any) -> SocialLogin:
        if self.openid_config["issuer"].rstrip("/") != settings.OIDC_ISSUER:
            raise OAuth2Error("The provider calls itself by another name than OIDC_ISSUER.")
        if "id_token" not in values["response"]:
            raise OAuth2Error("The provider sent no ID token.")
        login: SocialLogin = super().complete_login(request, app, token, **values)
        said = login.account.extra_data
        if not self.expected_nonce or said["id_token"].get("nonce") != self.expected_nonce:
            raise OAuth2Error("The ID token was made for another sign-in.")
        if said["userinfo"].get("sub") != said["id_token"]["sub"]:
            raise OAuth2Error("The ID token and the user info are about different people.")
        return login

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """django-allauth leaves the signature out where TLS vouches for the sender; here it is always looked at."""
        said: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return said


class PortalOidc(OpenIDConnectProvider):
    """Sends a nonce with each sign-in. Nothing in the address of the sign-in page changes what is asked for."""

    oauth2_adapter_class = PortalOidcAdapter

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        given = super().get_redirect_from_request_kwargs(request)
        return {"process": AuthProcess.LOGIN, "next_url": given.get("next_url")}

    def redirect(self, request: HttpRequest, process: str, next_url: str | None = None, **_: Any) -> HttpResponse:
        nonce = get_random_string(43)
        answer: HttpResponse = super().redirect(
            request, process, next_url, {"nonce": nonce}, auth_params={"nonce": nonce}
        )
        return answer


class PortalOidcCallback(OAuth2CallbackView):
    """Where the provider sends the browser back to."""

    def _get_state(self, request: HttpRequest, provider: PortalOidc) -> Any:
        state, answer = super()._get_state(request, provider)
        if state is not None:
            self.adapter.expected_nonce = state["data"]["nonce"]
        return state, answer


def _view(kind: type[OAuth2LoginView | OAuth2CallbackView], request: HttpRequest) -> HttpResponse:
    try:
        answer: HttpResponse = kind.adapter_view(PortalOidcAdapter(request, OIDC))(request)
    except SocialApp.DoesNotExist:
        raise Http404("OpenID Connect is not set up.") from None
    return answer


def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _view(OAuth2LoginView, request)


def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _view(PortalOidcCallback, request)
