"""What django-allauth may do here: let people in whom a group lets in, and nothing else."""

import base64
import hashlib
import logging
import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import render

from portal.people import services, sso
from portal.people.presence import BEGUN

logger = logging.getLogger(__name__)
LONGEST_REASON = 300


class PeopleAdapter(DefaultAccountAdapter):
    """Nobody makes an account here."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

    def add_message(self, *_: Any, message: str | None = None, **values: Any) -> None:
        """Not what django-allauth tells of itself after each step: the page that follows says it."""
        if message is not None:
            super().add_message(*_, message=message, **values)

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Not again right after the sign-in, when a second factor is set up for the first time."""
        age = time.time() - context.request.session.get(BEGUN, 0)
        return age >= app_settings.REAUTHENTICATION_TIMEOUT and super().is_reauthentication_required(app=app)


class SignOnAdapter(DefaultSocialAccountAdapter):
    """Who comes from the identity provider gets exactly the groups that it says, at every sign-in."""

    def is_open_for_signup(self, _request: HttpRequest, _sociallogin: SocialLogin) -> bool:
        """Only reached by somebody with a group (pre_social_login)."""
        return True

    def on_authentication_error(
        self, _request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        """The reason goes into the log; the page only says that there was one."""
        reasons = [
            exception,
            getattr(exception, "__cause__", None),
            (extra_context or {}).get("saml_last_error_reason"),
        ]
        told = " ".join(str(reason) for reason in reasons if reason and str(reason))
        told = told or f"The answer belongs to no sign-in that began in this browser, or says “{error}”."
        logger.warning("Single sign-on by %s was refused: %s", provider.name, told[:LONGEST_REASON])

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Refuse who has no group. A local account is never linked, neither by e-mail nor by asking."""
        if sociallogin.state.get("process") != AuthProcess.LOGIN:
            raise PermissionDenied
        sociallogin.email_addresses = []
        groups = self._groups(sociallogin)
        if sociallogin.is_existing:
            services.set_groups_from_sign_on(user=sociallogin.user, names=groups)
        if not groups:
            raise ImmediateHttpResponse(self._refusal(request, sociallogin))

    @transaction.atomic
    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        sociallogin.user.is_staff = True
        user: User = super().save_user(request, sociallogin, form)
        services.welcome(user=user, names=self._groups(sociallogin), way=sociallogin.account.provider)
        return user

    def _groups(self, sociallogin: SocialLogin) -> set[str]:
        claims = sociallogin.account.extra_data
        spoken = claims if "id_token" not in claims else claims.get("userinfo", {}) | claims["id_token"]
        return sso.mapped_groups(spoken, claim=settings.SSO_GROUPS_CLAIM, mapping=settings.SSO_GROUPS)

    def _refusal(self, request: HttpRequest, sociallogin: SocialLogin) -> Any:
        person = sociallogin.user.email or sociallogin.user.username or sociallogin.account.uid
        offered = sorted(settings.SSO_GROUPS.items(), key=lambda pair: (pair[1], pair[0]))
        context = {"person": person, "claim": settings.SSO_GROUPS_CLAIM, "offered": offered}
        return render(request, "people/no_group.html", context, status=403)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps the secrets of authenticator apps and recovery codes encrypted, with keys made from SECRET_KEY."""

    def get_totp_label(self, user: User) -> str:
        return user.get_username()

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> MultiFernet:
    """The first key encrypts; older ones (SECRET_KEY_FALLBACKS) still decrypt."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(("second factor " + str(key)).encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
