"""Tokens of the API: seen once when made, kept as a digest, revoked by deleting."""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from audit.services import Actor, record_event
from portal.people.models import ApiToken
from taskqueue import clock

PREFIX = "avp_"
"""So that people and secret scanners know one when they see it."""
NOTED_EVERY = timedelta(minutes=1)


class ApiTokenAuthentication(TokenAuthentication):
    """`Authorization: Token avp_…`"""

    def authenticate_credentials(self, key: str) -> tuple[User, ApiToken]:
        token = ApiToken.objects.select_related("user").filter(digest=digest_of(key)).first()
        if token is None or not token.user.is_active:
            raise AuthenticationFailed(_("The token is unknown or was revoked, or its user is deactivated."))
        now = clock.now()
        unnoted = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTED_EVERY)
        if token.last_used_at is None or token.last_used_at < now - NOTED_EVERY:
            ApiToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=now)
        return token.user, token


def digest_of(secret: str) -> str:
    """Plain SHA-256: a token is 256 random bits, which nobody guesses from their digest."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def make_token(*, user: User, name: str, actor: Actor) -> tuple[ApiToken, str]:
    """Returns the row and the token, which is never seen again."""
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(user=user, name=name, digest=digest_of(secret))
    _record(token, actor, "token.made", f"An API token for {name} was made; it acts as {user.get_username()}.")
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, actor: Actor) -> None:
    name = token.user.get_username()
    _record(token, actor, "token.revoked", f"The API token for {token.name} was revoked; it acted as {name}.")
    token.delete()


def _record(token: ApiToken, actor: Actor, action: str, summary: str) -> None:
    record_event(actor=actor, action=action, summary=summary, target_kind="token", target_id=token.pk)
